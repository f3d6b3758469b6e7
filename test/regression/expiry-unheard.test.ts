// A member who restored, skipped or re-dated an overdue interview before any alarm wrote its expiry down kept everybody
// from hearing of it; and nobody heard when the inviter had left.
import { sql } from "drizzle-orm";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { raw } from "../../db/statement.ts";
import { tendInterview } from "../../src/interview/actions.ts";
import { dayMs, hourMs } from "../../src/kernel/clock.ts";
import { database, givenInvited, givenMember, givenOrganization, givenProject, systemDeps } from "../support/world.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Who was promised a letter about this interview's expiry, however far it has come. */
async function toldOfExpiry(interviewId: string): Promise<string[]> {
  const { told } = await database().read({
    told: raw(
      sql`select to_email from letter where interview_id = ${interviewId} and json_extract(content, '$.kind') = 'interview_expired'`,
      (rows) => rows.map(([email]) => String(email)),
    ),
  });
  return told;
}

test("staff hear of an expiry once, though a member's own step was the first to write it down", async () => {
  const house = await givenOrganization();
  const { interview } = await givenInvited(house, await givenProject(house));
  vi.setSystemTime(Date.now() + 8 * dayMs);
  const deadlineAt = new Date(Date.now() + hourMs);
  await house.owner.client.interview.restore.mutate({ interviewId: interview.id, deadlineAt });
  await tendInterview(systemDeps(), interview.id);
  expect(await toldOfExpiry(interview.id)).toEqual([house.owner.email]);
});

test("the owners hear of an expiry when whoever invited has left", async () => {
  const house = await givenOrganization();
  const recruiter = await givenMember(house, "recruiter");
  const project = await givenProject(house);
  const inviter = { ...house, owner: { ...house.owner, client: recruiter.client } };
  const { interview } = await givenInvited(inviter, project);
  await house.owner.client.member.remove.mutate({ memberId: recruiter.memberId });
  vi.setSystemTime(Date.now() + 8 * dayMs);
  await tendInterview(systemDeps(), interview.id);
  expect(await toldOfExpiry(interview.id)).toEqual([house.owner.email]);
});
