// Which letters there are and what each needs to know. Plain JSON, kept in the outbox: no secret is in here. Pure.

/** Where the letter's button leads: `{frontend}/auth/link/{token}/?next={next}`. */
export type LetterLink = { readonly frontend: string; readonly next: string | null };

/** `organizationName`: it lets a candidate in there; without, whoever signs in as staff. */
type WayIn = { readonly organizationName?: string; readonly link: LetterLink };

type InterviewLetter = {
  readonly firstName: string;
  readonly organizationName: string;
  readonly projectName: string;
  /** ISO 8601, UTC; shown in the reader's zone. */
  readonly deadlineAt: string | null;
  readonly link: LetterLink;
};

type StaffNote = {
  readonly candidateName: string;
  readonly projectName: string;
  readonly organizationName: string;
};

type ToReferee = {
  readonly firstName: string;
  readonly candidateName: string;
  readonly organizationName: string;
  readonly roleTitle: string;
  readonly deadlineAt: string;
  readonly link: LetterLink;
};

type RefcheckLetter = {
  readonly firstName: string;
  readonly organizationName: string;
  readonly roleTitle: string;
  readonly deadlineAt: string;
  readonly link: LetterLink;
};

type RefcheckNote = {
  readonly candidateName: string;
  readonly roleTitle: string;
  readonly organizationName: string;
  readonly referencesRequired: number;
};

/** A meeting as it stood when the letter was promised: all that the letter, and the calendar entry with it, tell. */
export type MeetingLetter = {
  readonly meetingId: string;
  /** Of the meeting, by which calendars tell which entry is newer. */
  readonly sequence: number;
  readonly title: string;
  /** Several lines, or none. */
  readonly description: string;
  readonly startsAt: string;
  readonly endsAt: string;
  /** The meeting's own. The letter's is its reader's. */
  readonly timeZone: string;
  readonly location: string | null;
  readonly url: string | null;
  readonly organizationName: string;
  readonly candidateName: string;
  readonly interviewerNames: readonly string[];
  /** Who reads it: an interviewer, or with null the candidate. */
  readonly memberId: string | null;
  readonly firstName: string;
  readonly lastName: string;
};

export type LetterContent =
  /** To someone who signs up: prove that the address is theirs. */
  | { readonly kind: "sign_up"; readonly firstName: string; readonly link: LetterLink }
  /** To someone who signs up but already has an account. Holds no link. */
  | { readonly kind: "already_registered"; readonly signInUrl: string }
  | ({ readonly kind: "sign_in" } & WayIn)
  | ({ readonly kind: "password_reset" } & WayIn)
  | {
      readonly kind: "member_invite";
      readonly organizationName: string;
      readonly inviterName: string;
      readonly expiresAt: string | null;
      readonly link: LetterLink;
    }
  | ({ readonly kind: "interview_invitation" } & InterviewLetter)
  | ({ readonly kind: "interview_restored" } & InterviewLetter)
  | ({ readonly kind: "interview_reset" } & InterviewLetter)
  /** To a candidate who has not begun. Not sent any more once the interview has begun or has another deadline than this. */
  | ({ readonly kind: "interview_reminder"; readonly deadlineAt: string } & Omit<InterviewLetter, "deadlineAt">)
  /** The same of one that has moved. Holds no link: the invitation's stays good. Not sent any more once it has moved again. */
  | ({ readonly kind: "interview_deadline_moved"; readonly deadlineAt: string } & Omit<
      InterviewLetter,
      "deadlineAt" | "link"
    >)
  /** To the recruiter: a deadline has passed. */
  | ({ readonly kind: "interview_expired"; readonly deadlineAt: string } & StaffNote)
  /** To the recruiter: several deadlines of one project have passed together, `count` of them. Of no one interview. */
  | {
      readonly kind: "interviews_expired";
      readonly count: number;
      /** Those that are still there: who was removed is not named. */
      readonly interviews: readonly { readonly interviewId: string; readonly candidateName: string }[];
      readonly firstDeadlineAt: string;
      readonly lastDeadlineAt: string;
      readonly projectName: string;
      readonly organizationName: string;
    }
  /** To the recruiter: letters to a candidate come back, or are not wanted; told with the first, and when the system invites there by itself. */
  | ({ readonly kind: "address_dead"; readonly address: string; readonly why: "bounced" | "complained" } & StaffNote)
  /** To whoever was to have it sent later: an invitation that could not be. `why` is the reason of a refusal. */
  | ({ readonly kind: "invitation_not_sent"; readonly why: string } & StaffNote)
  /** To the evaluators: an interview is ready to be rated. */
  | ({ readonly kind: "interview_finished" } & StaffNote)
  /** To a candidate: who is to be asked about them. */
  | ({
      readonly kind: "refcheck_invitation";
      readonly referencesRequired: number;
      readonly referencesOptional: number;
    } & RefcheckLetter)
  /** The same, while references are missing. Not sent any more once they are not. */
  | ({
      readonly kind: "refcheck_reminder";
      readonly referencesRequired: number;
      readonly referencesOptional: number;
    } & RefcheckLetter)
  /** To a candidate: somebody they named will not answer, or cannot be reached. `why`: the reason of a decline, or unreachable. */
  | ({ readonly kind: "reference_lost"; readonly referenceName: string; readonly why: string } & RefcheckLetter)
  /** To somebody whom a candidate named. */
  | ({ readonly kind: "reference_request" } & ToReferee)
  /** The same, while they have not answered. Not sent any more once they have, or enough others. */
  | ({ readonly kind: "reference_reminder" } & ToReferee)
  /** To somebody who was asked and has not answered: it is not needed any more. */
  | ({ readonly kind: "reference_released" } & Omit<ToReferee, "deadlineAt" | "link">)
  /** To whoever made the refcheck: enough have answered, and so much about it is to be looked at first. */
  | ({ readonly kind: "refcheck_completed"; readonly signals: number } & RefcheckNote)
  /** To whoever made it: the deadline has passed, and so many had answered. */
  | ({ readonly kind: "refcheck_expired"; readonly answered: number; readonly deadlineAt: string } & RefcheckNote)
  /** To a candidate who was rejected. Not sent any more once that was taken back: `version` is the candidate's, after the rejection. */
  | {
      readonly kind: "candidate_rejected";
      readonly firstName: string;
      readonly organizationName: string;
      readonly version: number;
    }
  /** To everybody who takes part, and whoever joins them. Not sent any more once it stands otherwise: then another letter tells of that. */
  | ({ readonly kind: "meeting_scheduled" } & MeetingLetter)
  /** To everybody who took part before and still does. Likewise. */
  | ({ readonly kind: "meeting_changed"; readonly isMoved: boolean } & MeetingLetter)
  /** To everybody who took part; with `isOut` to an interviewer who does not any more, while the meeting stands. `why` is for staff alone. */
  | ({ readonly kind: "meeting_canceled"; readonly isOut: boolean; readonly why: string | null } & MeetingLetter)
  /** To everybody who takes part, at `remindAt`. Not sent any more once the meeting stands otherwise or has begun. */
  | ({ readonly kind: "meeting_reminder"; readonly remindAt: string } & MeetingLetter)
  /** To a candidate: times of which they may pick one, `slots` when it was written. */
  | {
      readonly kind: "slots_offered";
      readonly firstName: string;
      readonly organizationName: string;
      readonly title: string;
      readonly slots: number;
      readonly expiresAt: string;
      readonly link: LetterLink;
    }
  /** The same once more, with the same link, to whoever has yet to pick. Not sent any more once they have, or there is nothing to pick. */
  | {
      readonly kind: "slots_reminder";
      readonly firstName: string;
      readonly organizationName: string;
      readonly title: string;
      readonly expiresAt: string;
      readonly link: LetterLink;
    }
  /** To whoever scheduled them: somebody has left who was to take part in `count` meetings. */
  | {
      readonly kind: "interviewer_left";
      readonly memberName: string;
      readonly organizationName: string;
      readonly count: number;
      /** The first of them, those in which nobody else takes part before the others. */
      readonly meetings: readonly {
        readonly meetingId: string;
        readonly title: string;
        readonly candidateName: string;
        readonly startsAt: string;
        readonly others: number;
      }[];
    };

export type LetterKind = LetterContent["kind"];

export const letterKinds = [
  "sign_up",
  "already_registered",
  "sign_in",
  "password_reset",
  "member_invite",
  "interview_invitation",
  "interview_restored",
  "interview_reset",
  "interview_reminder",
  "interview_deadline_moved",
  "interview_expired",
  "interviews_expired",
  "address_dead",
  "invitation_not_sent",
  "interview_finished",
  "refcheck_invitation",
  "refcheck_reminder",
  "reference_lost",
  "reference_request",
  "reference_reminder",
  "reference_released",
  "refcheck_completed",
  "refcheck_expired",
  "candidate_rejected",
  "meeting_scheduled",
  "meeting_changed",
  "meeting_canceled",
  "meeting_reminder",
  "slots_offered",
  "slots_reminder",
  "interviewer_left",
] as const satisfies readonly LetterKind[];
