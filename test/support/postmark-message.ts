// What Postmark takes from Anteroom, as strictly as it takes it. Pure.
import * as z from "zod";

export const postmarkToken = "5a3f9d5e-0000-4000-8000-000000000000";

export const Message = z.strictObject({
  From: z.string().regex(/^"[^"\\<>\r\n]+" <[^\s<>"]+@[^\s<>"]+>$/),
  To: z.email(),
  Subject: z
    .string()
    .min(1)
    .max(2_000)
    .regex(/^[^\r\n]+$/),
  HtmlBody: z.string().startsWith("<!doctype html>"),
  TextBody: z.string().min(1),
  MessageStream: z.literal("outbound"),
  Headers: z.array(z.strictObject({ Name: z.string(), Value: z.string() })),
  TrackOpens: z.literal(false),
  TrackLinks: z.literal("None"),
  Metadata: z.strictObject({ letter: z.string().max(80) }),
});
export type Message = z.infer<typeof Message>;
