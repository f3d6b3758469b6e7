// Invites as a test needs them: sent for real, read from the letter, and run out as only time can make them.
import { sql } from "drizzle-orm";
import { raw } from "../../db/statement.ts";
import { database, type House, type Member, newEmail, newestToken } from "./world.ts";

export const newcomer = { password: "nine grey herons by a pond", firstName: "Bo", lastName: "New" };

type Wanted = Parameters<Member["client"]["invite"]["create"]["mutate"]>[0]["invites"][number];

export async function givenInvite(from: House, over: Partial<Wanted> = {}) {
  const email = over.email ?? newEmail("invited");
  const invites = [{ email, access: "recruiter" as const, ...over }];
  const { results } = await from.owner.client.invite.create.mutate({ invites });
  const inviteId = results[0]?.inviteId;
  if (!inviteId) throw new Error("the address was not invited");
  return { inviteId, held: { email, token: await newestToken(email) } };
}

/** What only time can do. */
export async function runOut(inviteId: string) {
  const past = Date.now() - 1;
  await database().write([
    raw(sql`update invite set expires_at = ${past} where id = ${inviteId}`, () => undefined),
    raw(sql`update link set expires_at = ${past} where invite_id = ${inviteId}`, () => undefined),
  ]);
}

/** Spares the outbox the letters of a test that is about numbers: others wait in line behind them. */
export async function withdrawLetters({ organization }: House) {
  await database().write([
    raw(
      sql`update letter set status = 'withdrawn', sealed_token = null, next_attempt_at = null where organization_id = ${organization.id} and status = 'waiting'`,
      () => undefined,
    ),
  ]);
}

export async function shownInvite(from: House, inviteId: string) {
  const { items } = await from.owner.client.invite.list.query({ size: 100 });
  return items.find(({ id }) => id === inviteId);
}

export async function countOf(query: ReturnType<typeof sql>) {
  const { count } = await database().read({ count: raw(query, (rows) => Number(rows[0]?.[0])) });
  return count;
}

export const membershipsOf = (email: string) =>
  countOf(
    sql`select count(*) from member join user on user.id = member.user_id where user.email = ${email} and removed_at is null`,
  );
