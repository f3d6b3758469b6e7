// What Postmark takes from Anteroom, as strictly as it takes it. Pure.
import * as z from "zod";

export const postmarkToken = "5a3f9d5e-0000-4000-8000-000000000000";

/** Of what Postmark refuses to carry, by the end of its name. */
const forbidden =
  /\.(vbs|exe|bin|bat|chm|com|cpl|crt|hlp|hta|inf|ins|isp|jse?|lnk|mdb|ms[cipt]|pcd|pif|reg|scr|sct|shs|vb|ws[cfh]|dll|cmd|sys|jar|ps1)$/i;
const mimeType = /^[a-z]+\/[a-z0-9.+-]+(; [a-z]+=[A-Za-z0-9-]+)*$/;
/** Postmark takes no more than ten megabytes with a letter. */
const attachmentBase64Max = 10 * 1024 * 1024;

const Attachment = z.strictObject({
  Name: z
    .string()
    .regex(/^[^\p{Cc}/\\"]{1,100}$/u)
    .refine((name) => !forbidden.test(name)),
  Content: z.base64().min(1).max(attachmentBase64Max),
  ContentType: z.string().regex(mimeType),
  ContentID: z.null(),
});

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
  Attachments: z.array(Attachment).min(1).optional(),
});
export type Message = z.infer<typeof Message>;
