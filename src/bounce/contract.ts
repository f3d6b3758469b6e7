// What Postmark reports of a letter, as far as Anteroom reads it: bounces, complaints and deliveries, as documented under
// postmarkapp.com/developer/webhooks. Whatever else a report holds is dropped. Pure.
import * as z from "zod/mini";
import { idOf, type LetterId } from "../kernel/ids.ts";
import { InstantIn } from "../kernel/shapes.ts";
import type { BounceVerdict } from "../letter/policy.ts";

/** Our letter's id, as the postman sent it along. A letter without one is somebody else's. */
const Metadata = z.catch(z.nullish(z.object({ letter: idOf("ltr") })), null);

const Type = z.string().check(z.regex(/^[A-Za-z]{1,40}$/));

const Bounce = z.object({
  RecordType: z.enum(["Bounce", "SpamComplaint"]),
  /** Postmark's name of what happened. Its number is not read: the documentation itself shows a wrong one. */
  Type,
  BouncedAt: InstantIn,
  /** Postmark has deactivated the address: it takes nothing for it any more. */
  Inactive: z._default(z.boolean(), false),
  Metadata,
});

const Delivery = z.object({ RecordType: z.literal("Delivery"), DeliveredAt: InstantIn, Metadata });

const known: ReadonlySet<string> = new Set([...Bounce.shape.RecordType.options, "Delivery"]);

/** Opens, clicks and what Postmark may think of one day. */
const Other = z.object({
  RecordType: z.string().check(
    z.maxLength(60),
    z.refine((type) => !known.has(type)),
  ),
});

export const PostmarkReport = z.union([Bounce, Delivery, Other]);
export type PostmarkReport = z.infer<typeof PostmarkReport>;

/** What is made of it: `refused` is Postmark's own answer at once, that it takes nothing for this address. */
export type Report = { readonly letterId: LetterId; readonly at: Date } & (
  | { readonly kind: "arrived" }
  | { readonly kind: "came_back"; readonly verdict: BounceVerdict; readonly type: string }
  | { readonly kind: "refused" }
);
