import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { raw } from "../../db/statement.ts";
import { sweepDeadlines } from "../../src/deadline/actions.ts";
import { database, givenInvited, givenOrganization, givenProject, origin, send, systemDeps } from "../support/world.ts";

async function healthNow() {
  const response = await send(new Request(`${origin}/health`));
  return { status: response.status, body: await response.text() };
}

test("the health page tells how many deadlines the sweep found late, and nothing about anybody", async () => {
  const house = await givenOrganization();
  const { interview, email } = await givenInvited(house, await givenProject(house));
  const found = async () => JSON.parse((await healthNow()).body).deadlines.foundLateBySweeps;
  await sweepDeadlines(systemDeps());
  const before = await found();
  const longAgo = Date.now() - 60_000;
  await database().write([
    raw(
      sql`update interview set due_at = ${longAgo}, deadline_at = ${longAgo}, remind_at = null where id = ${interview.id}`,
      () => null,
    ),
  ]);
  expect(JSON.parse((await healthNow()).body).deadlines.lateNow).toBe(1);
  await sweepDeadlines(systemDeps());
  expect(await found()).toBe(before + 1);
  const { status, body } = await healthNow();
  expect(status).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ status: "ok", database: "ok", deadlines: { lateNow: 0 } });
  for (const personal of [email, house.owner.email, house.organization.name, interview.id]) {
    expect(body).not.toContain(personal);
  }
});
