// The letters of a meeting to whoever takes part, their reminders, and what is withdrawn of those: statements for the caller's own write.
import type { Statement } from "../../db/statement.ts";
import { addressStands } from "../candidate/actions.ts";
import type { EmailStatus } from "../candidate/contract.ts";
import type { Deps } from "../kernel/deps.ts";
import type { CandidateId, MeetingId, MemberId, OrganizationId } from "../kernel/ids.ts";
import type { Access, MemberScope } from "../kernel/scope.ts";
import {
  type LetterToWrite,
  namesOfWhoIsLeft,
  promiseLetters,
  withdrawLettersOfMeeting,
  withdrawLettersToInterviewer,
  withdrawRemindersAhead,
} from "../letter/actions.ts";
import type { MeetingLetter } from "../stationery/contract.ts";
import { meetingsNamedMax, remindersOf } from "./policy.ts";
import * as store from "./store.ts";

export type AboutMeeting = {
  readonly meeting: {
    readonly id: MeetingId;
    readonly organizationId: OrganizationId;
    readonly title: string;
    readonly description: string;
    readonly startsAt: Date;
    readonly endsAt: Date;
    readonly timeZone: string;
    readonly location: string | null;
    readonly url: string | null;
    readonly sequence: number;
    readonly reminderHours: readonly number[];
    readonly createdAt: Date;
  };
  readonly candidate: {
    readonly id: CandidateId;
    readonly email: string;
    readonly emailStatus: EmailStatus;
    readonly firstName: string;
    readonly lastName: string;
    readonly language: string;
    readonly timeZone: string;
  };
  readonly interviewers: readonly {
    readonly memberId: MemberId;
    readonly email: string;
    readonly firstName: string;
    readonly lastName: string;
    readonly language: string;
    readonly timeZone: string;
  }[];
  readonly organization: { readonly name: string; readonly senderName: string };
};

/**
 * `about` is the meeting after the step. `joined`/`left`: interviewers who are new or taken out; everybody else is told of a change. `remind`:
 * nothing but the hours of its reminders is another, and nobody is told.
 */
export type MeetingStep =
  | { readonly verb: "schedule" }
  | {
      readonly verb: "change";
      readonly isMoved: boolean;
      readonly joined: readonly MemberId[];
      readonly left: AboutMeeting["interviewers"];
    }
  | { readonly verb: "remind" }
  | { readonly verb: "cancel"; readonly why: string | null };

/** For the read of whoever takes a bounce. */
export const staffOfMeeting = store.staffOfMeeting;
/** For whoever corrects an address, in their own read. */
export const meetingsAhead = store.meetingsAhead;

type Candidate = AboutMeeting["candidate"];
type Interviewer = AboutMeeting["interviewers"][number];
type Reader = Candidate | Interviewer;
/** What is told of a meeting, to whomever. */
type Told = {
  readonly meeting: Omit<AboutMeeting["meeting"], "createdAt">;
  readonly candidate: Candidate;
  readonly interviewers: readonly Pick<Interviewer, "firstName" | "lastName">[];
  readonly organization: AboutMeeting["organization"];
};
/** Which letter it is, and what that one says besides. */
type What =
  | { readonly kind: "meeting_scheduled" }
  | { readonly kind: "meeting_changed"; readonly isMoved: boolean }
  | { readonly kind: "meeting_canceled"; readonly isOut: boolean; readonly why: string | null };

const fullName = ({ firstName, lastName }: Pick<Reader, "firstName" | "lastName">) => `${firstName} ${lastName}`;

/** What every letter of a meeting says, to this reader. */
function saidTo(reader: Reader, { meeting, candidate, interviewers, organization }: Told): MeetingLetter {
  const { id: meetingId, sequence, title, description, startsAt, endsAt, timeZone, location, url } = meeting;
  return {
    ...{ meetingId, sequence, title, description, timeZone, location, url },
    ...{ startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() },
    organizationName: organization.name,
    candidateName: fullName(candidate),
    interviewerNames: interviewers.map(fullName),
    ...{ memberId: "memberId" in reader ? reader.memberId : null },
    ...{ firstName: reader.firstName, lastName: reader.lastName },
  };
}

function envelopeTo(reader: Reader, { meeting, organization }: Told) {
  const { email: to, language, timeZone } = reader;
  const { id: meetingId, organizationId } = meeting;
  const addressed = { to, language, timeZone, senderName: organization.senderName, organizationId, meetingId };
  return "memberId" in reader ? addressed : { ...addressed, candidateId: reader.id };
}

function letterTo(reader: Reader, told: Told, what: What): LetterToWrite {
  return { ...envelopeTo(reader, told), content: { ...saidTo(reader, told), ...what } };
}

/** Promised with what they remind of: each waits in the outbox for its hour. */
function remindersTo(reader: Reader, told: Told, now: Date): LetterToWrite[] {
  const { startsAt, reminderHours } = told.meeting;
  return remindersOf(startsAt, reminderHours, now).map((at) => ({
    ...envelopeTo(reader, told),
    content: { ...saidTo(reader, told), kind: "meeting_reminder", remindAt: at.toISOString() },
    notBefore: at,
  }));
}

/** An address that is known to be dead gets the first, which fails where it can be seen, and nothing after it. */
function isWorthWriting({ emailStatus }: Candidate, { kind }: What): boolean {
  return emailStatus === "ok" || kind === "meeting_scheduled";
}

/** `what` null: nothing but reminders. */
function toCandidate(told: Told, what: What | null, now: Date): LetterToWrite[] {
  const { candidate } = told;
  const isTold = what !== null && isWorthWriting(candidate, what) ? [letterTo(candidate, told, what)] : [];
  const isOver = what?.kind === "meeting_canceled" || candidate.emailStatus !== "ok";
  return [...isTold, ...(isOver ? [] : remindersTo(candidate, told, now))];
}

function toInterviewers(step: MeetingStep, about: AboutMeeting, now: Date): LetterToWrite[] {
  const { interviewers } = about;
  switch (step.verb) {
    case "schedule":
      return interviewers.flatMap((reader) => [
        letterTo(reader, about, { kind: "meeting_scheduled" }),
        ...remindersTo(reader, about, now),
      ]);
    case "change": {
      const { isMoved, joined, left } = step;
      const toWho = ({ memberId }: Interviewer): What =>
        joined.includes(memberId) ? { kind: "meeting_scheduled" } : { kind: "meeting_changed", isMoved };
      return [
        ...interviewers.flatMap((reader) => [
          letterTo(reader, about, toWho(reader)),
          ...remindersTo(reader, about, now),
        ]),
        ...left.map((reader) => letterTo(reader, about, { kind: "meeting_canceled", isOut: true, why: null })),
      ];
    }
    case "remind":
      return interviewers.flatMap((reader) => remindersTo(reader, about, now));
    case "cancel":
      return interviewers.map((reader) =>
        letterTo(reader, about, { kind: "meeting_canceled", isOut: false, why: step.why }),
      );
  }
}

/** What a candidate is told of a step. Why a meeting was canceled is staff's own. */
function whatFor(step: MeetingStep): What | null {
  switch (step.verb) {
    case "schedule":
      return { kind: "meeting_scheduled" };
    case "change":
      return { kind: "meeting_changed", isMoved: step.isMoved };
    case "remind":
      return null;
    case "cancel":
      return { kind: "meeting_canceled", isOut: false, why: null };
  }
}

/** What told how the meeting stood before the step; of one that was reminded of at other hours, the reminders alone. */
function withdrawn({ verb }: MeetingStep, { organizationId, id }: AboutMeeting["meeting"], now: Date) {
  if (verb === "schedule") return [];
  return [
    verb === "remind" ? withdrawRemindersAhead(organizationId, id, now) : withdrawLettersOfMeeting(organizationId, id),
  ];
}

/**
 * The letters of a step, and the reminders of how the meeting stands after it; what told how it stood before is withdrawn. Who joins is invited, who is taken
 * out is told that they are, everybody else hears of the change. To the candidate's address as it was read, or not at all: refuses with
 * `moved_on`. Have the outbox drained after the write.
 */
export async function lettersOfMeeting(
  deps: Deps,
  step: MeetingStep,
  about: AboutMeeting,
): Promise<Statement<unknown>[]> {
  const { meeting, candidate } = about;
  const now = deps.now();
  const letters = [...toCandidate(about, whatFor(step), now), ...toInterviewers(step, about, now)];
  return [
    addressStands(candidate.id, candidate.email),
    ...withdrawn(step, meeting, now),
    ...(await promiseLetters(deps, letters)),
  ];
}

type Ahead = ReturnType<ReturnType<typeof store.meetingsAhead>["read"]>;

/**
 * For a candidate whose address is corrected: each of these meetings is sent there as if it had just been scheduled, and what waited for them is withdrawn.
 * Refuses with `moved_on` when these are not all that they are yet to have, or not as they stand.
 */
export async function meetingsSentAnew(
  deps: Deps,
  scope: MemberScope,
  candidate: Candidate,
  ahead: Ahead,
): Promise<Statement<unknown>[]> {
  const now = deps.now();
  const known = ahead.map(({ meeting }) => meeting);
  const letters = ahead.flatMap((one) => toCandidate({ ...one, candidate }, { kind: "meeting_scheduled" }, now));
  return [
    store.meetingsStand(scope, candidate.id, known, now),
    ...known.map(({ id, organizationId }) => withdrawLettersOfMeeting(organizationId, id, candidate.id)),
    ...(await promiseLetters(deps, letters)),
  ];
}

type Leaving = {
  readonly leaver: Pick<Interviewer, "memberId" | "firstName" | "lastName">;
  readonly organization: AboutMeeting["organization"];
  /** All they were yet to take part in, and how many others do. */
  readonly meetings: readonly {
    readonly id: MeetingId;
    readonly title: string;
    readonly startsAt: Date;
    readonly createdBy: MemberId;
    readonly others: number;
    readonly candidate: Pick<Candidate, "firstName" | "lastName">;
  }[];
  /** Who scheduled them, as far as they are here, and the owners. */
  readonly hearers: readonly (Pick<Interviewer, "memberId" | "email" | "language" | "timeZone"> & {
    readonly access: Access;
  })[];
};

/**
 * Somebody leaves who was to take part: they are written to no more, the others read who is left, and whoever scheduled it hears of it, or the
 * owners when they are gone; of many meetings in one letter, those in which nobody is left first.
 */
export async function lettersOfLeaving(
  deps: Deps,
  scope: MemberScope,
  { leaver, organization, meetings, hearers }: Leaving,
): Promise<Statement<unknown>[]> {
  const meetingIds = meetings.map(({ id }) => id);
  const isHere = (memberId: MemberId) => hearers.some((one) => one.memberId === memberId);
  const lonelyFirst = meetings.toSorted((one, other) => Number(one.others > 0) - Number(other.others > 0));
  const letters = hearers.flatMap(({ memberId, access, email: to, language, timeZone }): LetterToWrite[] => {
    const theirs = lonelyFirst.filter(
      ({ createdBy }) => createdBy === memberId || (access === "owner" && !isHere(createdBy)),
    );
    if (theirs.length === 0) return [];
    const told = theirs.slice(0, meetingsNamedMax).map(({ id: meetingId, title, candidate, startsAt, others }) => ({
      ...{ meetingId, title, candidateName: fullName(candidate), startsAt: startsAt.toISOString(), others },
    }));
    const of = { memberName: fullName(leaver), organizationName: organization.name, count: theirs.length };
    const addressed = { to, language, timeZone, senderName: organization.senderName };
    const content = { kind: "interviewer_left" as const, ...of, meetings: told };
    return [{ ...addressed, organizationId: scope.organizationId, content }];
  });
  return [
    withdrawLettersToInterviewer(scope, meetingIds, leaver.memberId),
    namesOfWhoIsLeft(scope, meetingIds),
    ...(await promiseLetters(deps, letters)),
  ];
}

type Death = { readonly kind: "address_dead"; readonly address: string; readonly why: "bounced" | "complained" };

/** To whoever scheduled it: its candidate cannot be written to. */
export function lettersOfDeath(
  deps: Deps,
  what: Death,
  about: {
    readonly meetingId: MeetingId;
    readonly title: string;
    readonly organizationId: OrganizationId;
    readonly candidate: Pick<Candidate, "firstName" | "lastName">;
    readonly organization: AboutMeeting["organization"];
  },
  staff: readonly Pick<Interviewer, "email" | "language" | "timeZone">[],
): Promise<Statement<unknown>[]> {
  const { meetingId, title: projectName, organizationId, candidate, organization } = about;
  const names = { candidateName: fullName(candidate), projectName, organizationName: organization.name };
  return promiseLetters(
    deps,
    staff.map(({ email: to, language, timeZone }) => ({
      ...{ to, language, timeZone, senderName: organization.senderName, organizationId, meetingId },
      content: { ...names, ...what },
    })),
  );
}
