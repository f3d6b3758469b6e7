// A reference's life: a person asked about a candidate, until they have answered, or will not, or somebody else is asked. One
// table, and what follows from it. Pure.
import { type Step, stepFor, verbsFrom } from "../kernel/machine.ts";

export const referenceStatuses = [
  "invited",
  "accepted",
  "declined",
  "completed",
  "expired",
  "replaced",
  "undeliverable",
] as const;
export type ReferenceStatus = (typeof referenceStatuses)[number];

export const referenceVerbs = ["accept", "decline", "finish", "edit", "correct", "replace", "bounce"] as const;
export type ReferenceVerb = (typeof referenceVerbs)[number];

export type ReferenceActor = "reference" | "candidate" | "system";

type Row = Step<ReferenceStatus, ReferenceVerb, ReferenceActor> & { readonly to: ReferenceStatus | "same" };

/**
 * `correct` gives another address: whoever read the former one is out, and what they said with them. `replace` takes somebody out,
 * with or without another in their place. `expired` comes of the refcheck's deadline, never by itself.
 */
export const referenceTable: readonly Row[] = [
  { verb: "accept", from: ["invited"], to: "accepted", who: ["reference"] },
  { verb: "decline", from: ["invited", "accepted"], to: "declined", who: ["reference"] },
  { verb: "finish", from: ["accepted"], to: "completed", who: ["reference"] },
  { verb: "edit", from: ["invited", "accepted", "undeliverable"], to: "same", who: ["candidate"] },
  { verb: "correct", from: ["invited", "accepted", "undeliverable"], to: "invited", who: ["candidate"] },
  {
    verb: "replace",
    from: ["invited", "accepted", "declined", "expired", "undeliverable"],
    to: "replaced",
    who: ["candidate"],
  },
  { verb: "bounce", from: ["invited", "accepted"], to: "undeliverable", who: ["system"] },
];

export function referenceStepFor(status: ReferenceStatus, verb: ReferenceVerb): Row | undefined {
  return stepFor(referenceTable, status, verb);
}

export function referenceVerbsFrom(status: ReferenceStatus, who: ReferenceActor): ReferenceVerb[] {
  return verbsFrom(referenceTable, status, who);
}

const among = (statuses: readonly ReferenceStatus[]) => (status: ReferenceStatus) => statuses.includes(status);

/** Still to answer. */
export const openStatuses = ["invited", "accepted"] as const satisfies readonly ReferenceStatus[];
/** Named and not fallen away: counts towards how many are asked for. */
export const namedStatuses = ["invited", "accepted", "completed"] as const satisfies readonly ReferenceStatus[];
/** Has said yes. */
export const begunStatuses = ["accepted", "completed"] as const satisfies readonly ReferenceStatus[];

export const isOpen = among(openStatuses);
export const isNamed = among(namedStatuses);
export const hasBegun = among(begunStatuses);
