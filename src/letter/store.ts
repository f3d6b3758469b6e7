import { sql } from "drizzle-orm";
import { letter, user } from "../../db/schema/index.ts";
import { build, raw, run, type Statement } from "../../db/statement.ts";
import type { LetterId } from "../kernel/ids.ts";
import type { LetterContent } from "../stationery/contract.ts";

export type NewLetter = typeof letter.$inferInsert;

export function insertLetter(values: NewLetter): Statement<number> {
  return run(build.insert(letter).values(values));
}

/** The letter for whoever has this address, in their language and zone, if anybody has: the same sentence either way. */
export function insertLetterIfKnown(values: {
  id: LetterId;
  email: string;
  senderName: string;
  content: LetterContent;
  sealedToken: string;
  now: Date;
}): Statement<void> {
  const now = values.now.getTime();
  return raw(
    sql`insert into ${letter} (id, to_email, language, time_zone, sender_name, content, sealed_token, status, attempts, next_attempt_at, created_at)
      select ${values.id}, ${user.email}, ${user.language}, ${user.timeZone}, ${values.senderName}, ${JSON.stringify(values.content)}, ${values.sealedToken}, 'waiting', 0, ${now}, ${now}
      from ${user} where ${user.email} = ${values.email}`,
    () => undefined,
  );
}
