// The keeper of deadlines answered a timer from what an earlier run had come to: restored and begun anew, an interview lost its alarm.
import { runDurableObjectAlarm } from "cloudflare:test";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { hourMs, after as plus, secondMs } from "../../src/kernel/clock.ts";
import { alarmOf, deadline, noon, rowOf, timerOf } from "../deadline/ledger.ts";
import { admitted, givenInvited, givenOrganization, givenProject } from "../support/world.ts";

beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"], now: noon }));
afterAll(() => void vi.useRealTimers());

test("an alarm that finds nothing due is not cleared by what was settled before it was set", async () => {
  const house = await givenOrganization();
  const project = await givenProject(house, { reminderHours: [], interruptionGraceSeconds: 0 });
  const { interview, email } = await givenInvited(house, project, { deadlineAt: deadline });
  const interviewId = interview.id;
  vi.setSystemTime(deadline);
  await runDurableObjectAlarm(timerOf(interviewId));
  expect((await rowOf(interviewId)).status).toBe("expired");

  await house.owner.client.interview.restore.mutate({ interviewId, deadlineAt: plus(deadline, hourMs) });
  const { client } = await admitted(email);
  await client.interview.confirm.mutate({ interviewId });
  await client.interview.start.mutate({ interviewId });
  const { at: setFor } = await alarmOf(interviewId);
  vi.setSystemTime(plus(deadline, 60 * secondMs));
  await client.interview.keepAlive.mutate({ interviewId });
  const { dueAt } = await rowOf(interviewId);
  expect(setFor, "the alarm comes early, and is to find that out").toBeLessThan(dueAt?.getTime() ?? 0);

  vi.setSystemTime(new Date(setFor ?? 0));
  await runDurableObjectAlarm(timerOf(interviewId));
  expect(await alarmOf(interviewId)).toEqual({ at: dueAt?.getTime(), keeps: 1 });
});
