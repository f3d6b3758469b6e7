// Signal: something about a refcheck that a person of the organization should look at before the answers are trusted. Each says how
// much it weighs, what was seen, and how it can come about among honest people; none is a verdict (reference-checks). Pure.
import * as z from "zod/mini";
import { idOf } from "../kernel/ids.ts";
import { prose } from "../kernel/shapes.ts";
import { signalKinds } from "./policy.ts";

/**
 * What was seen, in figures: countries (`NL`), months (`2024-05`), keys of questions, and how many. Never an address, a number or what somebody
 * wrote.
 */
export const SignalFacts = z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())]));
export type SignalFacts = z.infer<typeof SignalFacts>;

export const Signal = z.object({
  id: idOf("sig"),
  kind: z.enum(signalKinds),
  /** From 1, common among honest people, to 5, rare among them. */
  weight: z.number(),
  /** Whom it is about. Null: the refcheck as a whole. */
  referenceId: z.nullable(idOf("ref")),
  /** The other reference, of a likeness of two; null where the other one is the candidate, or nobody. */
  otherReferenceId: z.nullable(idOf("ref")),
  facts: SignalFacts,
  /** What was seen, and how that can come about without anything being wrong. */
  explanation: z.string(),
  harmless: z.string(),
  raisedAt: z.date(),
  /** It is not so any more: an address was corrected, or somebody will not answer. */
  withdrawnAt: z.nullable(z.date()),
  resolvedAt: z.nullable(z.date()),
  resolvedBy: z.nullable(idOf("mem")),
  resolvedByName: z.nullable(z.string()),
  /** What whoever looked at it says of it. */
  note: z.nullable(z.string()),
});
export type Signal = z.infer<typeof Signal>;

const noteMax = 2_000;
const atOnceMax = 100;

/** One note for all that are named, and all of them or none. */
export const ResolveSignals = z.object({
  refcheckId: idOf("rck"),
  signalIds: z.pipe(
    z.array(idOf("sig")).check(z.minLength(1), z.maxLength(atOnceMax)),
    z.transform((ids) => [...new Set(ids)]),
  ),
  note: prose(noteMax).check(z.refine((note) => note.trim() !== "", "must say what came of it")),
});
export type ResolveSignals = z.infer<typeof ResolveSignals>;
