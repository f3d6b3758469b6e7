// The letters an interview sends, and the link inside them: statements for the caller's own write.
import type { Statement } from "../../db/statement.ts";
import { addressStands } from "../candidate/actions.ts";
import type { EmailStatus } from "../candidate/contract.ts";
import { destinationAt, issueLink, revokeLinks } from "../identity/actions.ts";
import type { Deps } from "../kernel/deps.ts";
import type { Reason } from "../kernel/errors.ts";
import type { CandidateId, InterviewId, OrganizationId, ProjectId } from "../kernel/ids.ts";
import { promiseLetter } from "../letter/actions.ts";
import * as store from "./store.ts";

type About = {
  readonly interview: { readonly id: InterviewId; readonly organizationId: OrganizationId };
  readonly candidate: {
    readonly id: CandidateId;
    readonly email: string;
    readonly firstName: string;
    readonly lastName: string;
    readonly language: string;
    readonly timeZone: string;
  };
  readonly project: { readonly name: string };
  readonly organization: {
    readonly name: string;
    readonly senderName: string;
    readonly frontendOrigins: readonly string[];
  };
};

type ToCandidate = "interview_invitation" | "interview_restored" | "interview_reset";

/** To whom, in whose name and about what a letter to a candidate is; and the names in it. */
function addressed({ interview, candidate, project, organization }: About) {
  const { email: to, language, timeZone, id: candidateId, firstName } = candidate;
  const { id: interviewId, organizationId } = interview;
  return {
    envelope: { to, language, timeZone, senderName: organization.senderName, organizationId, interviewId, candidateId },
    names: { firstName, organizationName: organization.name, projectName: project.name },
  };
}

/**
 * A letter with a link in it. The link is a capability: good until the interview has been
 * given, so that no scanner and no second visit can use it up.
 */
async function linkLetter(
  deps: Deps,
  about: About,
  what:
    | { readonly kind: ToCandidate; readonly deadlineAt: Date | null }
    | { readonly kind: "interview_reminder"; readonly deadlineAt: Date },
): Promise<Statement<unknown>[]> {
  const { envelope, names } = addressed(about);
  const { to: email, organizationId, interviewId, candidateId } = envelope;
  const { frontend, path: next } = destinationAt(
    deps,
    `/candidate-dashboard/interviews/${interviewId}/`,
    about.organization.frontendOrigins,
  );
  const holder = { email, organizationId, candidateId, interviewId };
  const link = issueLink(deps, { purpose: "interview_invitation", ...holder, expiresAt: null });
  const says = { ...names, link: { frontend, next } };
  const letter = await promiseLetter(deps, {
    ...envelope,
    token: link.token,
    linkId: link.linkId,
    content:
      what.kind === "interview_reminder"
        ? { ...says, ...what, deadlineAt: what.deadlineAt.toISOString() }
        : { ...says, ...what, deadlineAt: what.deadlineAt?.toISOString() ?? null },
  });
  return [link.statement, letter];
}

/** For an interview that is born in the same write: there is nothing older, and its candidate is held to their address already. */
export function firstLetter(deps: Deps, about: About, deadlineAt: Date | null): Promise<Statement<unknown>[]> {
  return linkLetter(deps, about, { kind: "interview_invitation", deadlineAt });
}

/** A new link in a new letter, to the address as it was read or not at all; older links of the interview end here, and so do letters that would still carry one. */
export async function lettersToCandidate(
  deps: Deps,
  kind: ToCandidate,
  about: About,
  deadlineAt: Date | null,
): Promise<Statement<unknown>[]> {
  const { interview, candidate } = about;
  const letter = await linkLetter(deps, about, { kind, deadlineAt });
  return [
    addressStands(candidate.id, candidate.email),
    revokeLinks({ interviewId: interview.id }, deps.now()),
    ...letter,
  ];
}

type Reminded = About & {
  readonly interview: { readonly deadlineAt: Date | null };
  readonly candidate: { readonly emailStatus: EmailStatus };
};

/**
 * Tokens are kept as hashes only, so a reminder has a link of its own; the invitation's stays good. It is not sent any more
 * once they have begun or the deadline is another. There is none for an address that is known to be dead.
 */
export async function reminderLetter(deps: Deps, about: Reminded): Promise<Statement<unknown>[]> {
  const { deadlineAt } = about.interview;
  if (deadlineAt === null || about.candidate.emailStatus !== "ok") return [];
  const { candidate } = about;
  const letter = await linkLetter(deps, about, { kind: "interview_reminder", deadlineAt });
  return [addressStands(candidate.id, candidate.email), ...letter];
}

/**
 * Whoever waits hears of their new deadline. Without a link: the one they have stays good. Older letters that told of another are withdrawn
 * by this one, and there is none for an address that is known to be dead.
 */
export async function deadlineMovedLetter(
  deps: Deps,
  about: About & Pick<Reminded, "candidate">,
  deadlineAt: Date,
): Promise<Statement<unknown>[]> {
  const { candidate } = about;
  if (candidate.emailStatus !== "ok") return [];
  const { envelope, names } = addressed(about);
  const content = { kind: "interview_deadline_moved", ...names, deadlineAt: deadlineAt.toISOString() } as const;
  const letter = await promiseLetter(deps, { ...envelope, content });
  return [addressStands(candidate.id, candidate.email), letter];
}

/** For the reads of slices whose steps are told of. */
export const evaluatorsToTell = store.evaluatorsToTell;
export const staffToTell = store.staffToTell;
export const staffToTellOf = store.staffToTellOf;

type Staff = { readonly email: string; readonly language: string; readonly timeZone: string };
type ToStaff =
  | { readonly kind: "interview_expired"; readonly deadlineAt: Date }
  | { readonly kind: "interview_finished" }
  | { readonly kind: "invitation_not_sent"; readonly why: Reason }
  | { readonly kind: "address_dead"; readonly address: string; readonly why: "bounced" | "complained" };

/** To a member, in their language and zone, in the organization's name. */
function addressedTo({ email: to, language, timeZone }: Staff, { interview, organization }: About) {
  return { to, language, timeZone, senderName: organization.senderName, organizationId: interview.organizationId };
}

/** One letter to each member who is to hear of it. */
export function lettersToStaff(
  deps: Deps,
  what: ToStaff,
  about: About,
  staff: readonly Staff[],
): Promise<Statement<unknown>[]> {
  const { candidate, project, organization } = about;
  const names = {
    candidateName: `${candidate.firstName} ${candidate.lastName}`,
    projectName: project.name,
    organizationName: organization.name,
  };
  const content =
    what.kind === "interview_expired"
      ? { ...names, kind: what.kind, deadlineAt: what.deadlineAt.toISOString() }
      : { ...names, ...what };
  const interviewId = about.interview.id;
  return Promise.all(
    staff.map((reader) => promiseLetter(deps, { ...addressedTo(reader, about), interviewId, content })),
  );
}

/** An interview whose deadline has passed, and who is to hear of it. */
export type Expired = {
  readonly row: About & { readonly interview: { readonly projectId: ProjectId } };
  readonly deadlineAt: Date;
  readonly staff: readonly Staff[];
};

/** Of those that are written down together each member hears once for each project: of one as of one, of several in one letter. */
export async function lettersOfExpiries(deps: Deps, crowd: readonly Expired[]): Promise<Statement<unknown>[]> {
  const toTell = crowd.flatMap((expired) => expired.staff.map((reader) => ({ expired, reader })));
  const byReader = Map.groupBy(toTell, ({ expired, reader }) => `${expired.row.interview.projectId} ${reader.email}`);
  const letters = await Promise.all(
    Array.from(byReader.values(), ([first, ...others]) => {
      if (first === undefined) return [];
      const { expired, reader } = first;
      const { row, deadlineAt } = expired;
      return others.length === 0
        ? lettersToStaff(deps, { kind: "interview_expired", deadlineAt }, row, [reader])
        : [crowdLetter(deps, reader, expired, [expired, ...others.map((other) => other.expired)])];
    }),
  );
  return Promise.all(letters.flat());
}

/** Of no one interview: whatever becomes of one of them, the others are still told of. */
function crowdLetter(deps: Deps, reader: Staff, { row }: Expired, crowd: readonly Expired[]) {
  const deadlines = crowd.map(({ deadlineAt }) => deadlineAt.toISOString()).sort();
  const [firstDeadlineAt = "", lastDeadlineAt = firstDeadlineAt] = [deadlines[0], deadlines.at(-1)];
  const { organization, project } = row;
  return promiseLetter(deps, {
    ...addressedTo(reader, row),
    content: {
      kind: "interviews_expired",
      count: crowd.length,
      interviews: crowd.map(({ row: { interview, candidate } }) => ({
        interviewId: interview.id,
        candidateName: `${candidate.firstName} ${candidate.lastName}`,
      })),
      ...{ firstDeadlineAt, lastDeadlineAt },
      ...{ projectName: project.name, organizationName: organization.name },
    },
  });
}
