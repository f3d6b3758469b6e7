// The letters a refcheck sends to its candidate, its references and to staff, and the links inside them: statements for the caller's
// own write.
import type { Statement } from "../../db/statement.ts";
import { addressStands } from "../candidate/actions.ts";
import type { EmailStatus } from "../candidate/contract.ts";
import { destinationAt, issueLink } from "../identity/actions.ts";
import type { Deps } from "../kernel/deps.ts";
import type { CandidateId, OrganizationId, RefcheckId, ReferenceId } from "../kernel/ids.ts";
import { promiseLetter, promiseLetterIf } from "../letter/actions.ts";
import type { LetterContent } from "../stationery/contract.ts";
import * as store from "./store.ts";

export const staffOfRefchecks = store.staffOfRefchecks;
export const staffOfRefcheck = store.staffOfRefcheck;

type Reader = { readonly email: string; readonly language: string; readonly timeZone: string };

type About = {
  readonly refcheck: {
    readonly id: RefcheckId;
    readonly organizationId: OrganizationId;
    readonly referencesRequired: number;
    readonly referencesOptional: number;
  };
  readonly candidate: Reader & {
    readonly id: CandidateId;
    readonly emailStatus: EmailStatus;
    readonly firstName: string;
    readonly lastName: string;
  };
  readonly role: { readonly title: string };
  readonly organization: {
    readonly name: string;
    readonly senderName: string;
    readonly frontendOrigins: readonly string[];
  };
};

type Asked = Reader & { readonly id: ReferenceId; readonly firstName: string; readonly lastName: string };

const fullName = ({ firstName, lastName }: Pick<Asked, "firstName" | "lastName">) => `${firstName} ${lastName}`;

function envelopeTo({ email: to, language, timeZone }: Reader, { refcheck, organization }: About) {
  const { id: refcheckId, organizationId } = refcheck;
  return { to, language, timeZone, senderName: organization.senderName, organizationId, refcheckId };
}

/**
 * A letter to the candidate with a link in it that stays good until the refcheck is canceled. Not to an address that is known to be dead,
 * except for the first, which fails where it can be seen.
 */
export async function letterToCandidate(
  deps: Deps,
  about: About,
  what:
    | { readonly kind: "refcheck_invitation" | "refcheck_reminder" }
    | {
        readonly kind: "reference_lost";
        readonly reference: Pick<Asked, "firstName" | "lastName">;
        readonly why: string;
      },
  deadlineAt: Date,
): Promise<Statement<unknown>[]> {
  const { refcheck, candidate, role, organization } = about;
  if (candidate.emailStatus !== "ok" && what.kind !== "refcheck_invitation") return [];
  const { id: refcheckId, organizationId, referencesRequired, referencesOptional } = refcheck;
  const { frontend, path: next } = destinationAt(
    deps,
    `/candidate-dashboard/refchecks/${refcheckId}/`,
    organization.frontendOrigins,
  );
  const holder = { email: candidate.email, organizationId, candidateId: candidate.id, refcheckId };
  const link = issueLink(deps, { purpose: "refcheck_invitation", ...holder, expiresAt: null });
  const says = {
    ...{ firstName: candidate.firstName, organizationName: organization.name, roleTitle: role.title },
    ...{ deadlineAt: deadlineAt.toISOString(), link: { frontend, next } },
  };
  const content: LetterContent =
    what.kind === "reference_lost"
      ? { kind: what.kind, ...says, referenceName: fullName(what.reference), why: what.why }
      : { kind: what.kind, ...says, referencesRequired, referencesOptional };
  const letter = await promiseLetter(deps, {
    ...envelopeTo(candidate, about),
    candidateId: candidate.id,
    ...{ content, token: link.token, linkId: link.linkId },
  });
  return [addressStands(candidate.id, candidate.email), link.statement, letter];
}

/** A letter to a reference: the link stays good until they have finished, or somebody else is asked instead. */
export async function letterToReference(
  deps: Deps,
  about: About,
  reference: Asked,
  kind: "reference_request" | "reference_reminder",
  deadlineAt: Date,
): Promise<Statement<unknown>[]> {
  const { refcheck, candidate, role, organization } = about;
  const { id: refcheckId, organizationId } = refcheck;
  const { frontend, path: next } = destinationAt(deps, `/references/${reference.id}/`, organization.frontendOrigins);
  const holder = { email: reference.email, organizationId, refcheckId, referenceId: reference.id };
  const link = issueLink(deps, { purpose: "reference_request", ...holder, expiresAt: null });
  const letter = await promiseLetter(deps, {
    ...envelopeTo(reference, about),
    referenceId: reference.id,
    ...{ token: link.token, linkId: link.linkId },
    content: {
      kind,
      ...{ firstName: reference.firstName, candidateName: fullName(candidate), roleTitle: role.title },
      ...{ organizationName: organization.name, deadlineAt: deadlineAt.toISOString(), link: { frontend, next } },
    },
  });
  return [link.statement, letter];
}

/** To those who were asked and have not answered: it is not needed any more. */
export function lettersOfRelease(
  deps: Deps,
  about: About,
  references: readonly Asked[],
): Promise<Statement<unknown>[]> {
  const { candidate, role, organization } = about;
  const names = { candidateName: fullName(candidate), roleTitle: role.title, organizationName: organization.name };
  return Promise.all(
    references.map((reference) =>
      promiseLetter(deps, {
        ...envelopeTo(reference, about),
        referenceId: reference.id,
        content: { kind: "reference_released", firstName: reference.firstName, ...names },
      }),
    ),
  );
}

type ToStaff =
  /** `signals`: what nobody has looked at. */
  | { readonly kind: "refcheck_completed"; readonly signals: number }
  | { readonly kind: "refcheck_expired"; readonly answered: number; readonly deadlineAt: Date };

/** One letter to each member who is to hear of it; with a condition only if that holds in the write. */
export function lettersToStaff(
  deps: Deps,
  what: ToStaff,
  about: About,
  staff: readonly Reader[],
  onlyIf?: Parameters<typeof promiseLetterIf>[2],
): Promise<Statement<unknown>[]> {
  const { candidate, role, organization, refcheck } = about;
  const names = {
    ...{ candidateName: fullName(candidate), roleTitle: role.title, organizationName: organization.name },
    referencesRequired: refcheck.referencesRequired,
  };
  const content: LetterContent =
    what.kind === "refcheck_expired"
      ? { ...names, ...what, deadlineAt: what.deadlineAt.toISOString() }
      : { ...names, ...what };
  return Promise.all(
    staff.map((reader) => {
      const letter = { ...envelopeTo(reader, about), content };
      return onlyIf === undefined ? promiseLetter(deps, letter) : promiseLetterIf(deps, letter, onlyIf);
    }),
  );
}

type Death = { readonly kind: "address_dead"; readonly address: string; readonly why: "bounced" | "complained" };
type Dead = Pick<About, "organization"> & {
  readonly refcheckId: RefcheckId;
  readonly organizationId: OrganizationId;
  readonly candidate: Pick<Asked, "firstName" | "lastName">;
  readonly roleTitle: string;
};

/** To whoever made it: its candidate cannot be written to. */
export function lettersOfDeath(
  deps: Deps,
  what: Death,
  { refcheckId, organizationId, candidate, roleTitle, organization }: Dead,
  staff: readonly Reader[],
): Promise<Statement<unknown>[]> {
  const names = { candidateName: fullName(candidate), projectName: roleTitle, organizationName: organization.name };
  return Promise.all(
    staff.map(({ email: to, language, timeZone }) =>
      promiseLetter(deps, {
        ...{ to, language, timeZone, senderName: organization.senderName, organizationId, refcheckId },
        content: { ...names, ...what },
      }),
    ),
  );
}
