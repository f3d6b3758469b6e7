// Who hears of a meeting, and how.
import type { Statement } from "../../db/statement.ts";
import type { EmailStatus } from "../candidate/contract.ts";
import type { Deps } from "../kernel/deps.ts";
import type { CandidateId, MeetingId, MemberId, OrganizationId } from "../kernel/ids.ts";

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

/** `about` is the meeting after the step. `joined`/`left`: interviewers who are new or taken out; everybody else is told of a change. */
export type MeetingStep =
  | { readonly verb: "schedule" }
  | {
      readonly verb: "change";
      readonly isMoved: boolean;
      readonly joined: readonly MemberId[];
      readonly left: AboutMeeting["interviewers"];
    }
  | { readonly verb: "cancel"; readonly why: string | null };

/** For the step's own write. */
export function lettersOfMeeting(_deps: Deps, _step: MeetingStep, _about: AboutMeeting): Promise<Statement<unknown>[]> {
  return Promise.resolve([]);
}
