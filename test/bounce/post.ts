// Postmark as it tells of letters: its webhooks with the fields it documents, posted to the running Worker.
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { desc, eq } from "drizzle-orm";
import { candidate, letter } from "../../db/schema/index.ts";
import { all, build, first } from "../../db/statement.ts";
import { http } from "../../src/app/http.ts";
import type { CandidateId, LetterId } from "../../src/kernel/ids.ts";
import { database, origin } from "../support/world.ts";

export const secret = "postmark:seven-wild-geese-over-water";

export type Said = "delivery" | "soft" | "hard" | "complaint";

/** When each of them happened, whenever it is told. */
export const happenedAt: Readonly<Record<Said, string>> = {
  delivery: "2026-11-22T10:00:00.1234567Z",
  soft: "2026-11-22T10:05:00Z",
  hard: "2026-11-22T10:10:00-05:00",
  complaint: "2026-11-22T12:00:00Z",
};

const bounceOf = { soft: "SoftBounce", hard: "HardBounce", complaint: "SpamComplaint" } as const;

export function webhook(said: Said, letterId: string) {
  const common = {
    MessageID: crypto.randomUUID(),
    ServerID: 23,
    MessageStream: "outbound",
    Tag: "",
    Metadata: { letter: letterId },
  };
  if (said === "delivery") {
    const details = { Recipient: "reader@example.com", Details: "250 OK" };
    return { ...common, ...details, RecordType: "Delivery", DeliveredAt: happenedAt.delivery };
  }
  return {
    ...common,
    RecordType: said === "complaint" ? "SpamComplaint" : "Bounce",
    ID: 42,
    Type: bounceOf[said],
    TypeCode: 1,
    Name: "A bounce",
    Description: "",
    Details: "smtp;550 5.1.1",
    Email: "reader@example.com",
    From: "letters@anteroom.test",
    BouncedAt: happenedAt[said],
    DumpAvailable: true,
    Inactive: said !== "soft",
    CanActivate: true,
    Subject: "An interview",
  };
}

export const basic = (credentials: string) => ({ authorization: `Basic ${btoa(credentials)}` });

type Posted = { readonly headers?: HeadersInit; readonly settings?: object; readonly method?: string };

/** Whatever is posted, and all that follows from it. */
export async function post(body: string, { headers = basic(secret), settings, method = "POST" }: Posted = {}) {
  const ctx = createExecutionContext();
  const request = new Request(`${origin}/postmark`, { method, headers, ...(method === "POST" && { body }) });
  const response = await http.fetch(request, { ...env, POSTMARK_WEBHOOK_SECRET: secret, ...settings }, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

/** Fails unless Postmark would be content with the answer. */
export async function tell(said: Said, letterId: LetterId): Promise<void> {
  const { status } = await post(JSON.stringify(webhook(said, letterId)));
  if (status !== 200) throw new Error(`Postmark was answered ${status}`);
}

/** The letters to an address, newest first, as they stand in the database. */
export async function lettersIn(to: string) {
  const { rows } = await database().read({
    rows: all(build.select().from(letter).where(eq(letter.to, to)).orderBy(desc(letter.id))),
  });
  return rows;
}

export async function newestLetter(to: string) {
  const [newest] = await lettersIn(to);
  if (!newest) throw new Error("there is no letter to that address");
  return newest;
}

export async function candidateIn(id: CandidateId) {
  const { found } = await database().read({
    found: first(build.select().from(candidate).where(eq(candidate.id, id))),
  });
  if (!found) throw new Error("there is no such candidate");
  return found;
}

/** How many letters say that a candidate's address is dead. */
export async function timesTold(staffEmail: string, interviewId: string): Promise<number> {
  const letters = await lettersIn(staffEmail);
  return letters.filter((one) => one.content.kind === "address_dead" && one.interviewId === interviewId).length;
}
