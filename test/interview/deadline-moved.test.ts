// Whoever waits by a deadline hears when it moves: once for each move, of what holds, and nobody else.

import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { raw } from "../../db/statement.ts";
import { setDeadline } from "../../src/interview/actions.ts";
import { dayMs, hourMs, after as plus } from "../../src/kernel/clock.ts";
import type { InterviewId } from "../../src/kernel/ids.ts";
import { drainOutbox } from "../../src/letter/actions.ts";
import { deadline, depsThat, lettersOf, memberScopeOf, noon } from "../deadline/ledger.ts";
import {
  database,
  givenInterviewing,
  givenInvited,
  givenOrganization,
  givenProject,
  type House,
  lettersTo,
  newEmail,
  newestToken,
  systemDeps,
  tripsOf,
} from "../support/world.ts";

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
  house = await givenOrganization();
  project = await givenProject(house, { reminderHours: [] });
});
beforeEach(() => {
  vi.setSystemTime(noon);
});
afterAll(() => vi.useRealTimers());

const staff = () => house.owner.client;
const later = plus(deadline, dayMs);
const latest = plus(deadline, 2 * dayMs);
const moved = (interviewId: InterviewId) => lettersOf(interviewId, "interview_deadline_moved");
const invited = () => givenInvited(house, project, { deadlineAt: deadline });

/** Moves it, and leaves the letter where it waits. */
const moveUnsent = (interviewId: InterviewId, deadlineAt: Date) =>
  setDeadline(depsThat({}, "drop").deps, memberScopeOf(house), { interviewId, deadlineAt });

async function statusesOf(interviewId: InterviewId): Promise<string[]> {
  await drainOutbox(systemDeps());
  return (await moved(interviewId)).toSorted((one, other) => (one.id < other.id ? -1 : 1)).map(({ status }) => status);
}

describe("a deadline that moves", () => {
  test("is told to who was invited, in their zone, in the same write; the link they have stays good", async () => {
    const { interview, email } = await invited();
    const held = await newestToken(email);
    const interviewId = interview.id;
    expect(
      await tripsOf(house.owner.token, (api) => api.interview.setDeadline.mutate({ interviewId, deadlineAt: later })),
    ).toBe(2);
    const told = (await lettersTo(email)).filter(({ subject }) => subject.startsWith("Your deadline has moved"));
    expect(told).toMatchObject([{ subject: "Your deadline has moved: Barista", token: null }]);
    expect(told[0]?.text).toContain("Tuesday, 4 March 2031 at 08:00 Eastern Standard Time (America/New_York)");
    expect(told[0]?.text).toContain("The link in your invitation stays good");
    expect(await newestToken(email)).toBe(held);
  });

  test("is told to who has confirmed, and not to who was not invited, has begun, or is expired", async () => {
    const confirmed = await invited();
    await confirmed.client.interview.confirm.mutate({ interviewId: confirmed.interview.id });
    const candidate = { email: newEmail("candidate"), firstName: "Cleo", lastName: "Candidate" };
    const unasked = await staff().interview.create.mutate({ projectId: project.id, candidate });
    const running = await givenInterviewing(house, project, { deadlineAt: deadline });
    const gone = await givenInvited(house, project, { deadlineAt: plus(noon, 1) });
    vi.setSystemTime(plus(noon, 1));
    const ids = [confirmed.interview.id, unasked.id, running.interview.id, gone.interview.id];
    for (const interviewId of ids) await staff().interview.setDeadline.mutate({ interviewId, deadlineAt: later });
    const told = await Promise.all(ids.map(async (id) => (await moved(id)).length));
    expect(told).toEqual([1, 0, 0, 0]);
  });

  test("is not told where it stays what it was, nor to an address that is dead", async () => {
    const [same, dead] = [await invited(), await invited()];
    await staff().interview.setDeadline.mutate({ interviewId: same.interview.id, deadlineAt: deadline });
    expect(await moved(same.interview.id)).toEqual([]);
    const died = sql`update candidate set email_status = 'bounced' where email = ${dead.email}`;
    await database().write([raw(died, () => undefined)]);
    await staff().interview.setDeadline.mutate({ interviewId: dead.interview.id, deadlineAt: later });
    expect(await moved(dead.interview.id)).toEqual([]);
  });

  test("is told by the newest letter alone when it moves again before the first has gone out, there and back too", async () => {
    const { interview, email } = await invited();
    for (const deadlineAt of [later, latest, later]) await moveUnsent(interview.id, deadlineAt);
    expect(await statusesOf(interview.id)).toEqual(["withdrawn", "withdrawn", "delivered"]);
    const told = (await lettersTo(email)).filter(({ subject }) => subject.startsWith("Your deadline has moved"));
    expect(told).toHaveLength(1);
  });

  test("is told though its candidate confirms meanwhile, or it is set once more to what it is", async () => {
    const { interview, client } = await invited();
    await moveUnsent(interview.id, later);
    await client.interview.confirm.mutate({ interviewId: interview.id });
    await moveUnsent(interview.id, later);
    expect(await statusesOf(interview.id)).toEqual(["delivered"]);
  });

  test("is not told any more to who has begun, or has been given yet another by being brought back", async () => {
    const [begun, back] = [await invited(), await invited()];
    await begun.client.interview.confirm.mutate({ interviewId: begun.interview.id });
    await moveUnsent(begun.interview.id, plus(deadline, hourMs));
    await begun.client.interview.start.mutate({ interviewId: begun.interview.id });
    await moveUnsent(back.interview.id, plus(deadline, hourMs));
    vi.setSystemTime(plus(deadline, hourMs));
    await staff().interview.restore.mutate({ interviewId: back.interview.id, deadlineAt: latest });
    for (const { interview } of [begun, back]) expect(await statusesOf(interview.id)).toEqual(["withdrawn"]);
  });
});

describe("more time for a whole project", () => {
  test("is told to each whose deadline it moves, with the move, and to nobody else", async () => {
    const own = await givenProject(house, { reminderHours: [] });
    const waiting = [await givenInvited(house, own, { deadlineAt: deadline }), await givenInvited(house, own)];
    const running = await givenInterviewing(house, own, { deadlineAt: deadline });
    await staff().extension.start.mutate({ projectId: own.id, by: { to: "instant", deadlineAt: later } });
    const [short, long] = waiting.map(({ interview }) => interview.id);
    const told = await Promise.all([short, long, running.interview.id].map((id) => (id ? moved(id) : [])));
    expect(told.map((letters) => letters.map(({ content }) => content))).toMatchObject([
      [{ deadlineAt: later.toISOString() }],
      [],
      [],
    ]);
    expect(told[0]?.[0]?.status).toBe("delivered");
  });
});
