// Extensions: more time for all open interviews of a project at once. Pure.
import * as z from "zod/mini";
import { Total } from "../interview/contract.ts";
import type { Reason } from "../kernel/errors.ts";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { InstantIn, prose } from "../kernel/shapes.ts";
import { extensionStatuses } from "./policy.ts";

const minuteSeconds = 60;
const yearSeconds = 31_536_000;
const whyMax = 600;

/** Up to one instant for all, or later by so many seconds each. */
export const StepIn = z.discriminatedUnion("to", [
  z.object({ to: z.literal("instant"), deadlineAt: InstantIn }),
  z.object({ to: z.literal("later"), bySeconds: z.int().check(z.minimum(minuteSeconds), z.maximum(yearSeconds)) }),
]);
export type StepIn = z.infer<typeof StepIn>;

/** As it is kept: instants as epoch milliseconds. */
export type Step =
  | { readonly to: "instant"; readonly deadlineMs: number }
  | { readonly to: "later"; readonly bySeconds: number };

export const PreviewExtension = z.object({ projectId: idOf("prj"), by: StepIn });
export type PreviewExtension = z.infer<typeof PreviewExtension>;

/** What it would come to now: of those that are open, whose deadlines would move, and the first few of them. */
export const ExtensionPreview = z.object({
  open: Total,
  moves: Total,
  examples: z.array(
    z.object({
      interviewId: idOf("itv"),
      firstName: z.string(),
      lastName: z.string(),
      before: z.date(),
      after: z.date(),
    }),
  ),
});
export type ExtensionPreview = z.infer<typeof ExtensionPreview>;

/** `why` stands in the history of each interview that is moved. */
export const StartExtension = z.extend(PreviewExtension, { why: z.optional(prose(whyMax)) });
export type StartExtension = z.infer<typeof StartExtension>;

export const Extension = z.object({
  id: idOf("ext"),
  projectId: idOf("prj"),
  startedBy: idOf("mem"),
  by: z.discriminatedUnion("to", [
    z.object({ to: z.literal("instant"), deadlineAt: z.date() }),
    z.object({ to: z.literal("later"), bySeconds: z.number() }),
  ]),
  why: z.nullable(z.string()),
  status: z.enum(extensionStatuses),
  /** Of one that was canceled: `not_allowed` when whoever started it may not any more; null when a member canceled it. */
  endedWhy: z.nullable(z.custom<Reason>()),
  /** How many were open when it began. */
  open: Total,
  moved: z.number(),
  /** Those that were over by then, have a later deadline anyway, or cannot have this one. */
  leftAlone: z.number(),
  createdAt: z.date(),
  endedAt: z.nullable(z.date()),
});
export type Extension = z.infer<typeof Extension>;

export const ExtensionIn = z.object({ extensionId: idOf("ext") });
export type ExtensionIn = z.infer<typeof ExtensionIn>;

export const ListExtensions = z.extend(PageIn, { projectId: idOf("prj") });
export type ListExtensions = z.infer<typeof ListExtensions>;

export const ExtensionPage = pageOf(Extension);
