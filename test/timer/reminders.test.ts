import { runDurableObjectAlarm } from "cloudflare:test";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { interview, letter } from "../../db/schema/index.ts";
import { all, build, run } from "../../db/statement.ts";
import { sweepDeadlines } from "../../src/deadline/actions.ts";
import { tendInterview } from "../../src/interview/actions.ts";
import { dayMs, hourMs, minuteMs, after as plus } from "../../src/kernel/clock.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import type { InterviewId } from "../../src/kernel/ids.ts";
import { drainOutbox } from "../../src/letter/actions.ts";
import { attemptsMax } from "../../src/letter/policy.ts";
import { alarmOf, lettersOf, noon, rowOf, timerOf } from "../deadline/ledger.ts";
import {
  anteroom,
  database,
  givenInvited,
  givenOrganization,
  givenProject,
  type House,
  lettersTo,
  refusalOf,
  systemDeps,
} from "../support/world.ts";

/** Noon is seven in the morning in New York, where the candidate is: the deadline is in their afternoon, four days on. */
const deadlineAt = plus(noon, 4 * dayMs + 8 * hourMs);
const marks = [72, 24, 2].map((hours) => plus(deadlineAt, -hours * hourMs));
const [first = noon, second = noon, third = noon] = marks;

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
  house = await givenOrganization();
  project = await givenProject(house);
});
beforeEach(async () => {
  vi.setSystemTime(noon);
  // What other tests left waiting is not this one's to sweep, nor to deliver.
  await database().write([
    run(build.update(interview).set({ dueAt: null, remindAt: null, inviteAt: null, armedFor: null })),
    run(build.delete(letter)),
  ]);
});
afterAll(() => vi.useRealTimers());

const invited = (over = {}) => givenInvited(house, project, { deadlineAt, ...over });
const reminders = async (interviewId: InterviewId) => (await lettersOf(interviewId, "interview_reminder")).length;
const planned = async (interviewId: InterviewId) =>
  (await house.owner.client.interview.plan.query({ interviewId })).timers;
const remind = (at: Date) => ({ intention: "remind", at });
const expire = (at: Date) => ({ intention: "expire", at });

/** Alarms and drains that never come. */
const lonely = (over: Partial<Deps> = {}) => {
  const deps = systemDeps(over);
  return { ...deps, afterwards: () => undefined };
};

describe("a reminder", () => {
  test("goes out by the alarm, one after the other, each with a link of its own, and the invitation's stays good", async () => {
    const { interview: it, email } = await invited();
    expect(await planned(it.id)).toEqual([...marks.map(remind), expire(deadlineAt)]);
    const [invitation] = await lettersTo(email);
    for (const [index, at] of marks.entries()) {
      expect((await alarmOf(it.id)).at).toBe(at.getTime());
      vi.setSystemTime(at);
      await runDurableObjectAlarm(timerOf(it.id));
      await vi.waitFor(async () => expect(await lettersTo(email)).toHaveLength(index + 2));
      expect(await planned(it.id)).toEqual([...marks.slice(index + 1).map(remind), expire(deadlineAt)]);
    }
    await vi.waitFor(async () => expect((await alarmOf(it.id)).at).toBe(deadlineAt.getTime()));
    const letters = await lettersTo(email);
    expect(letters[3]?.subject).toBe("Still open until your deadline: Barista");
    expect(letters[3]?.text).toContain("Friday, 7 March 2031 at 15:00 Eastern Standard Time (America/New_York)");
    for (const token of [invitation?.token, letters[1]?.token, letters[3]?.token]) {
      expect((await anteroom().identity.openLink.query({ token: token ?? "" })).alive).toBe(true);
    }
    expect((await rowOf(it.id)).version).toBe(it.version);
  });

  test("is sent once by any number who find it due", async () => {
    const { interview: it } = await invited();
    const due = await Promise.all(
      Array.from({ length: 50 }, () => tendInterview(systemDeps({ now: () => first }), it.id)),
    );
    expect(new Set(due.map((at) => at?.getTime()))).toEqual(new Set([second.getTime()]));
    expect(await reminders(it.id)).toBe(1);
  });

  test("is sent by the sweep when its alarm is lost, and the alarm for the next one is set by the sweep after", async () => {
    const { interview: it } = await invited();
    vi.setSystemTime(plus(first, minuteMs));
    expect(await sweepDeadlines(lonely())).toEqual({ settled: 1, armed: 0, failed: 0 });
    expect(await reminders(it.id)).toBe(1);
    expect(await sweepDeadlines(lonely())).toEqual({ settled: 0, armed: 1, failed: 0 });
    expect((await alarmOf(it.id)).at).toBe(second.getTime());
  });

  test("follows the deadline: none for the old one, and the plan is what the preview said", async () => {
    const { interview: it } = await invited();
    const { client } = house.owner;
    const later = plus(deadlineAt, 10 * dayMs);
    const preview = await client.interview.previewDeadline.query({ interviewId: it.id, deadlineAt: later });
    expect(preview.before).toEqual([...marks.map(remind), expire(deadlineAt)]);
    expect(await planned(it.id)).toEqual(preview.before);
    await client.interview.setDeadline.mutate({ interviewId: it.id, deadlineAt: later });
    expect(await planned(it.id)).toEqual(preview.after);
    expect(preview.after).toEqual([...marks.map((at) => remind(plus(at, 10 * dayMs))), expire(later)]);
    expect(await tendInterview(systemDeps({ now: () => first }), it.id)).toEqual(plus(first, 10 * dayMs));
    expect(await reminders(it.id)).toBe(0);
  });

  test("is not sent to who has begun, and starts again for who is brought back", async () => {
    const { interview: it, client } = await invited();
    const interviewId = it.id;
    await client.interview.confirm.mutate({ interviewId });
    expect((await rowOf(interviewId)).remindAt).toEqual(first);
    await client.interview.start.mutate({ interviewId });
    expect((await rowOf(interviewId)).remindAt).toBeNull();
    await client.interview.abort.mutate({ interviewId });
    expect(await tendInterview(systemDeps({ now: () => first }), interviewId)).toBeNull();
    await house.owner.client.interview.reset.mutate({ interviewId, deadlineAt });
    expect((await rowOf(interviewId)).remindAt).toEqual(first);
    expect(await reminders(interviewId)).toBe(0);
  });

  test("whose alarm comes only by night waits for the reader's morning", async () => {
    const { interview: it } = await invited();
    // Three in the morning in New York.
    const night = plus(noon, 2 * dayMs - 4 * hourMs);
    const morning = plus(noon, 2 * dayMs + hourMs);
    expect(await tendInterview(systemDeps({ now: () => night }), it.id)).toEqual(morning);
    expect(await reminders(it.id)).toBe(0);
    expect(await tendInterview(systemDeps({ now: () => morning }), it.id)).toEqual(second);
    expect(await reminders(it.id)).toBe(1);
  });
});

/** Promised at this instant and not yet tried. */
async function promised(over = {}, at = first) {
  const it = await invited(over);
  await it.client.interview.confirm.mutate({ interviewId: it.interview.id });
  await tendInterview(lonely({ now: () => at }), it.interview.id);
  return it;
}

async function letterFor({ interview: it }: Awaited<ReturnType<typeof invited>>) {
  const [found] = await lettersOf(it.id, "interview_reminder");
  if (!found) throw new Error("a reminder was promised");
  return found;
}

const isNightInNewYork = (at: Date) => {
  const shown = at.toLocaleTimeString("sv-SE", { timeZone: "America/New_York" });
  return shown >= "21:00" || shown < "08:00";
};

/** When this letter is tried, by an outbox that drains whenever it is due and a Postmark that is away. */
async function triesOf(letterId: string): Promise<Date[]> {
  const tries: Date[] = [];
  for (let drains = 0; drains < 2 * attemptsMax; drains += 1) {
    const { rows } = await database().read({
      rows: all(build.select({ at: letter.nextAttemptAt }).from(letter).where(sql`${letter.id} = ${letterId}`)),
    });
    const at = rows[0]?.at;
    if (!at) return tries;
    const postman: Deps["postman"] = {
      deliver: async ({ id }) => {
        if (id === letterId) tries.push(at);
        return { outcome: "later", why: "Postmark is away" };
      },
    };
    await drainOutbox(lonely({ now: () => at, random: () => 0.999, postman }));
  }
  return tries;
}

describe("a reminder that waits in the outbox", () => {
  test("is tried by day only, however often Postmark does not take it", async () => {
    const tries = await triesOf((await letterFor(await promised())).id);
    expect(tries).toHaveLength(attemptsMax);
    expect(tries.filter(isNightInNewYork)).toEqual([]);
    // It did come to a night, and went on in the morning after.
    const mornings = tries.filter(
      (at) => at.toLocaleTimeString("sv-SE", { timeZone: "America/New_York" }) === "08:00:00",
    );
    expect(mornings.length).toBeGreaterThan(0);
  });

  test("saboteur: a letter that may go at any hour is tried by night, and the same look finds it", async () => {
    const { id } = await letterFor(await promised());
    const isNone = sql`json_set(content, '$.kind', 'interview_restored')`;
    await database().write([run(build.update(letter).set({ content: isNone }).where(sql`${letter.id} = ${id}`))]);
    expect((await triesOf(id)).filter(isNightInNewYork).length).toBeGreaterThan(0);
  });

  test("is not even tried when it comes up by night, and that costs it no try", async () => {
    const it = await promised();
    // Three in the morning, and eight.
    const [night, morning] = [plus(noon, dayMs + 20 * hourMs), plus(noon, 2 * dayMs + hourMs)];
    await drainOutbox(systemDeps({ now: () => night }));
    expect(await letterFor(it)).toMatchObject({ status: "waiting", attempts: 0, nextAttemptAt: morning });
    await drainOutbox(systemDeps({ now: () => plus(morning, -1) }));
    expect(await letterFor(it)).toMatchObject({ status: "waiting", attempts: 0 });
    await drainOutbox(systemDeps({ now: () => morning }));
    expect(await letterFor(it)).toMatchObject({ status: "delivered", attempts: 1, sealedToken: null });
  });

  test("is withdrawn when the morning would leave less than an hour", async () => {
    // Promised at eight in the evening for a deadline at half past eight; Postmark is back at ten.
    const it = await promised(
      { deadlineAt: plus(noon, 4 * dayMs + 90 * minuteMs) },
      plus(noon, 3 * dayMs + 13 * hourMs),
    );
    expect((await letterFor(it)).status).toBe("waiting");
    await drainOutbox(systemDeps({ now: () => plus(noon, 3 * dayMs + 15 * hourMs) }));
    expect(await letterFor(it)).toMatchObject({ status: "withdrawn", sealedToken: null });
  });

  test("goes out while what it says is so, whatever else has happened", async () => {
    const [eased, idle] = [await promised(), await promised()];
    vi.setSystemTime(first);
    await house.owner.client.interview.accommodate.mutate({
      ...{ interviewId: eased.interview.id, why: "They asked for it." },
      ...{ timeMultiplier: 1.5, extraTakes: 0, extraGraceSeconds: 0 },
    });
    await drainOutbox(systemDeps());
    for (const it of [eased, idle]) expect((await letterFor(it)).status).toBe("delivered");
  });

  test("is withdrawn once they have begun, or the deadline has passed or is another, though by a millisecond", async () => {
    // One after the other: each step has everything delivered that is due.
    const begun = await promised();
    vi.setSystemTime(first);
    await begun.client.interview.start.mutate({ interviewId: begun.interview.id });
    vi.setSystemTime(noon);
    const moved = await promised();
    vi.setSystemTime(first);
    const another = { interviewId: moved.interview.id, deadlineAt: plus(deadlineAt, 1) };
    await house.owner.client.interview.setDeadline.mutate(another);
    vi.setSystemTime(noon);
    const gone = await promised({}, third);
    await drainOutbox(systemDeps({ now: () => deadlineAt }));
    for (const it of [begun, moved, gone]) expect((await letterFor(it)).status).toBe("withdrawn");
  });

  test("gives way to a later one: who was not reached for a day is reminded once", async () => {
    const { interview: it } = await promised();
    await tendInterview(lonely({ now: () => second }), it.id);
    await drainOutbox(systemDeps({ now: () => second }));
    const statuses = (await lettersOf(it.id, "interview_reminder")).sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(statuses.map(({ status }) => status)).toEqual(["withdrawn", "delivered"]);
  });
});

describe("a project says when", () => {
  test("its candidates are reminded, or that they are not", async () => {
    const own = await givenProject(house, { reminderHours: [1, 48, 1] });
    expect(own.reminderHours).toEqual([48, 1]);
    const { interview: it } = await givenInvited(house, own, { deadlineAt });
    const hoursBefore = (hours: number) => remind(plus(deadlineAt, -hours * hourMs));
    expect(await planned(it.id)).toEqual([hoursBefore(48), hoursBefore(1), expire(deadlineAt)]);
    const edit = (reminderHours: number[]) =>
      house.owner.client.project.edit.mutate({ projectId: own.id, reminderHours });
    // What is taken out is passed over; what is added comes after it.
    await edit([24, 1]);
    expect(await planned(it.id)).toEqual([hoursBefore(24), hoursBefore(1), expire(deadlineAt)]);
    const passed = await tendInterview(lonely({ now: () => plus(deadlineAt, -48 * hourMs) }), it.id);
    expect(passed).toEqual(plus(deadlineAt, -24 * hourMs));
    await edit([]);
    expect(await planned(it.id)).toEqual([expire(deadlineAt)]);
    expect(await tendInterview(lonely({ now: () => plus(deadlineAt, -24 * hourMs) }), it.id)).toEqual(deadlineAt);
    expect(await reminders(it.id)).toBe(0);
    expect(await rowOf(it.id)).toMatchObject({ remindAt: null, remindHours: null });
  });

  test("and whoever has gone where it is another hour keeps what was planned for them at home", async () => {
    // Twelve hours before is three at night in New York, and so it is eight.
    const own = await givenProject(house, { reminderHours: [12] });
    const { interview: it, client } = await givenInvited(house, own, { deadlineAt });
    const atEight = plus(deadlineAt, -7 * hourMs);
    expect(await planned(it.id)).toEqual([remind(atEight), expire(deadlineAt)]);
    // In Amsterdam that is nine in the morning, and over.
    await client.candidate.editProfile.mutate({ timeZone: "Europe/Amsterdam" });
    expect(await planned(it.id)).toEqual([remind(atEight), expire(deadlineAt)]);
    expect(await tendInterview(lonely({ now: () => atEight }), it.id)).toEqual(deadlineAt);
    expect(await reminders(it.id)).toBe(1);
  });

  test("in at most five hours of at most thirty days", async () => {
    for (const reminderHours of [[0], [721], [1.5], [1, 2, 3, 4, 5, 6]]) {
      const call = house.owner.client.project.create.mutate({ name: "Barista", reminderHours });
      expect(await refusalOf(call)).toMatchObject({ reason: "bad_input" });
    }
  });
});

test("a preview refuses what setting the deadline would refuse, and writes nothing", async () => {
  const { interview: it } = await invited();
  const { previewDeadline, skip } = house.owner.client.interview;
  const tried = (at: Date) => refusalOf(previewDeadline.query({ interviewId: it.id, deadlineAt: at }));
  expect(await tried(noon)).toMatchObject({ reason: "deadline_in_past" });
  await skip.mutate({ interviewId: it.id });
  expect(await tried(deadlineAt)).toMatchObject({ reason: "illegal_step", facts: { from: "skipped" } });
});

test("the plan of what is late is empty: time has decided", async () => {
  const { interview: it } = await invited();
  vi.setSystemTime(deadlineAt);
  expect(await planned(it.id)).toEqual([]);
});
