import { runDurableObjectAlarm } from "cloudflare:test";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { interview } from "../../db/schema/index.ts";
import { build, run } from "../../db/statement.ts";
import { sweepDeadlines } from "../../src/deadline/actions.ts";
import { tendInterview } from "../../src/interview/actions.ts";
import { dayMs, hourMs, minuteMs, after as plus } from "../../src/kernel/clock.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import type { InterviewId } from "../../src/kernel/ids.ts";
import { drainOutbox } from "../../src/letter/actions.ts";
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
  // What other tests left waiting is not this one's to sweep.
  await database().write([
    run(build.update(interview).set({ dueAt: null, remindAt: null, inviteAt: null, armedFor: null })),
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

  test("that still waits in the outbox is withdrawn once they have done something, or the deadline has passed", async () => {
    const [busy, idle, gone] = [await invited(), await invited(), await invited()];
    for (const { interview: it } of [busy, idle]) await tendInterview(lonely({ now: () => first }), it.id);
    await tendInterview(lonely({ now: () => third }), gone.interview.id);
    await busy.client.interview.confirm.mutate({ interviewId: busy.interview.id });
    await drainOutbox(systemDeps({ now: () => first }));
    const statusOf = async ({ interview: it }: typeof busy) =>
      (await lettersOf(it.id, "interview_reminder"))[0]?.status;
    expect(await statusOf(busy)).toBe("withdrawn");
    expect(await statusOf(idle)).toBe("delivered");
    await drainOutbox(systemDeps({ now: () => deadlineAt }));
    expect(await statusOf(gone)).toBe("withdrawn");
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

describe("a project says when", () => {
  test("its candidates are reminded, or that they are not", async () => {
    const own = await givenProject(house, { reminderHours: [1, 48, 1] });
    expect(own.reminderHours).toEqual([48, 1]);
    const { interview: it } = await givenInvited(house, own, { deadlineAt });
    const hoursBefore = (hours: number) => remind(plus(deadlineAt, -hours * hourMs));
    expect(await planned(it.id)).toEqual([hoursBefore(48), hoursBefore(1), expire(deadlineAt)]);
    // From its next step on, as every rule of time: until then the reminder that is kept stays.
    await house.owner.client.project.edit.mutate({ projectId: own.id, reminderHours: [] });
    expect(await planned(it.id)).toEqual([hoursBefore(48), expire(deadlineAt)]);
    await house.owner.client.interview.setDeadline.mutate({ interviewId: it.id, deadlineAt });
    expect(await planned(it.id)).toEqual([expire(deadlineAt)]);
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
