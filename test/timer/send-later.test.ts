import { runDurableObjectAlarm } from "cloudflare:test";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { interview } from "../../db/schema/index.ts";
import { build, run } from "../../db/statement.ts";
import { sweepDeadlines } from "../../src/deadline/actions.ts";
import { tendInterview } from "../../src/interview/actions.ts";
import { dayMs, hourMs, after as plus } from "../../src/kernel/clock.ts";
import type { InterviewId } from "../../src/kernel/ids.ts";
import { alarmOf, lettersOf, noon, rowOf, timerOf, verbsOf } from "../deadline/ledger.ts";
import {
  admitted,
  anteroom,
  database,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  lettersTo,
  newEmail,
  refusalOf,
  systemDeps,
} from "../support/world.ts";

const inviteAt = plus(noon, 2 * dayMs);

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
  house = await givenOrganization();
  project = await givenProject(house, { defaultInterviewPeriodSeconds: 86_400, reminderHours: [] });
});
beforeEach(async () => {
  vi.setSystemTime(noon);
  // What other tests left waiting is not this one's to sweep.
  await database().write([run(build.update(interview).set({ dueAt: null, remindAt: null, inviteAt: null }))]);
});
afterAll(() => vi.useRealTimers());

const staff = () => house.owner.client.interview;
const person = (email = newEmail("candidate")) => ({ email, firstName: "Cleo", lastName: "Candidate" });
const invitations = async (interviewId: InterviewId) => (await lettersOf(interviewId, "interview_invitation")).length;

const planned = (over: { deadlineAt?: Date; opensAt?: Date; projectId?: typeof project.id; email?: string } = {}) => {
  const { email, projectId = project.id, ...rest } = over;
  return staff().createAndInvite.mutate({ projectId, candidate: person(email), inviteAt, ...rest });
};

describe("an invitation that is to be sent later", () => {
  test("leaves the interview new and its candidate alone until then, and is in the plan", async () => {
    const email = newEmail("candidate");
    const made = await planned({ email });
    expect(made).toMatchObject({ status: "new", inviteAt, deadlineAt: null, version: 2 });
    expect(made.availableActions).toContain("schedule");
    expect(await lettersTo(email)).toEqual([]);
    const { timers } = await staff().plan.query({ interviewId: made.id });
    const expire = (at: Date) => ({ intention: "expire", at });
    expect(timers).toEqual([{ intention: "invite", at: inviteAt }, expire(plus(inviteAt, dayMs))]);
    const deadlineAt = plus(inviteAt, hourMs);
    const preview = await staff().previewDeadline.query({ interviewId: made.id, deadlineAt });
    expect(preview).toMatchObject({ before: timers, after: [timers[0], expire(deadlineAt)] });
    expect((await alarmOf(made.id)).at).toBe(inviteAt.getTime());
    vi.setSystemTime(plus(inviteAt, -1));
    await runDurableObjectAlarm(timerOf(made.id));
    expect((await rowOf(made.id)).status).toBe("new");
    expect((await alarmOf(made.id)).at).toBe(inviteAt.getTime());
  });

  test("goes out by the alarm, with a deadline that counts from then, and its link lets them in", async () => {
    const email = newEmail("candidate");
    const made = await planned({ email });
    vi.setSystemTime(inviteAt);
    await runDurableObjectAlarm(timerOf(made.id));
    const deadlineAt = plus(inviteAt, dayMs);
    expect(await rowOf(made.id)).toMatchObject({ status: "invited", inviteAt: null, deadlineAt, dueAt: deadlineAt });
    expect(await verbsOf(made.id)).toEqual(["create", "schedule", "invite"]);
    await vi.waitFor(async () => expect(await lettersTo(email)).toHaveLength(1));
    const { client } = await admitted(email);
    expect(await client.interview.confirm.mutate({ interviewId: made.id })).toMatchObject({ status: "confirmed" });
    const { items } = await staff().events.query({ interviewId: made.id });
    expect(items.map(({ actorKind }) => actorKind)).toEqual(["member", "member", "system", "candidate"]);
    expect((await alarmOf(made.id)).at).toBe(deadlineAt.getTime());
  });

  test("keeps a deadline that was set with it, and sees the steps as they are when it goes out", async () => {
    const deadlineAt = plus(inviteAt, hourMs);
    const other = await givenProject(house);
    const made = await planned({ deadlineAt, projectId: other.id });
    expect(await verbsOf(made.id)).toEqual(["create", "set_deadline", "schedule"]);
    const { revision } = await house.owner.client.project.get.query({ projectId: other.id });
    const { revision: edited } = await house.owner.client.project.setSteps.mutate({
      ...{ projectId: other.id, revision },
      steps: [{ kind: "question", title: "And now?", answer: { kind: "text", maxChars: 10 } }],
    });
    vi.setSystemTime(inviteAt);
    await tendInterview(systemDeps(), made.id);
    expect(await rowOf(made.id)).toMatchObject({ status: "invited", deadlineAt, revision: edited });
  });

  test("is sent by the sweep when its alarm is lost, and once by any number who find it due", async () => {
    const made = await planned();
    vi.setSystemTime(inviteAt);
    expect(await sweepDeadlines(systemDeps())).toMatchObject({ settled: 1, failed: 0 });
    expect(await invitations(made.id)).toBe(1);
    vi.setSystemTime(noon);
    const raced = await planned();
    vi.setSystemTime(inviteAt);
    await Promise.all(Array.from({ length: 20 }, () => tendInterview(systemDeps(), raced.id)));
    expect(await invitations(raced.id)).toBe(1);
    expect((await verbsOf(raced.id)).filter((verb) => verb === "invite")).toHaveLength(1);
  });

  test("can be planned for one that is there, moved, and taken off the plan", async () => {
    const made = await staff().create.mutate({ projectId: project.id, candidate: person() });
    const interviewId = made.id;
    await staff().scheduleInvitation.mutate({ interviewId, inviteAt });
    const moved = plus(inviteAt, hourMs);
    expect(await staff().scheduleInvitation.mutate({ interviewId, inviteAt: moved })).toMatchObject({
      inviteAt: moved,
    });
    expect((await alarmOf(interviewId)).at).toBe(moved.getTime());
    expect(await staff().scheduleInvitation.mutate({ interviewId, inviteAt: null })).toMatchObject({ inviteAt: null });
    expect((await alarmOf(interviewId)).at).toBeNull();
    vi.setSystemTime(moved);
    await tendInterview(systemDeps(), interviewId);
    expect(await invitations(interviewId)).toBe(0);
  });

  test("is off the plan once somebody invites by hand, or passes the candidate over", async () => {
    const byHand = await planned();
    expect(await staff().advance.mutate({ interviewId: byHand.id })).toMatchObject({
      status: "invited",
      inviteAt: null,
    });
    const skipped = await planned();
    await staff().skip.mutate({ interviewId: skipped.id });
    vi.setSystemTime(inviteAt);
    await tendInterview(systemDeps(), byHand.id);
    await tendInterview(systemDeps(), skipped.id);
    expect(await invitations(byHand.id)).toBe(1);
    expect(await invitations(skipped.id)).toBe(0);
  });

  test("is refused in the past, at or after the deadline, and for who is invited already", async () => {
    const made = await staff().create.mutate({ projectId: project.id, candidate: person() });
    const schedule = (at: Date) => refusalOf(staff().scheduleInvitation.mutate({ interviewId: made.id, inviteAt: at }));
    expect((await schedule(noon)).reason).toBe("invites_in_past");
    await staff().setDeadline.mutate({ interviewId: made.id, deadlineAt: inviteAt });
    expect((await schedule(inviteAt)).reason).toBe("invites_after_deadline");
    await staff().scheduleInvitation.mutate({ interviewId: made.id, inviteAt: plus(inviteAt, -1) });
    const sooner = staff().setDeadline.mutate({ interviewId: made.id, deadlineAt: plus(inviteAt, -1) });
    expect((await refusalOf(sooner)).reason).toBe("invites_after_deadline");
    await staff().advance.mutate({ interviewId: made.id });
    expect(await schedule(inviteAt)).toMatchObject({ reason: "illegal_step", facts: { from: "invited" } });
  });

  test("the same request key again answers with the same interview, planned or sent", async () => {
    const request = {
      projectId: project.id,
      candidate: person(),
      inviteAt,
      requestKey: `later ${crypto.randomUUID()}`,
    };
    const made = await staff().createAndInvite.mutate(request);
    expect((await staff().createAndInvite.mutate(request)).id).toBe(made.id);
    vi.setSystemTime(inviteAt);
    await tendInterview(systemDeps(), made.id);
    expect(await staff().createAndInvite.mutate(request)).toMatchObject({ id: made.id, status: "invited" });
  });
});

describe("an invitation that cannot be sent when its time has come", () => {
  const told = (interviewId: InterviewId) => lettersOf(interviewId, "invitation_not_sent");

  test("because the project is not active any more: the plan is dropped, and who made it is told why, once", async () => {
    const closing = await givenProject(house);
    const recruiter = await givenMember(house, "recruiter");
    const made = await recruiter.client.interview.createAndInvite.mutate({
      ...{ projectId: closing.id, candidate: person(), inviteAt },
    });
    await house.owner.client.project.archive.mutate({ projectId: closing.id });
    vi.setSystemTime(inviteAt);
    await Promise.all(Array.from({ length: 10 }, () => tendInterview(systemDeps(), made.id)));
    expect(await rowOf(made.id)).toMatchObject({ status: "new", inviteAt: null });
    expect((await told(made.id)).map(({ to }) => to)).toEqual([recruiter.email]);
    expect(await invitations(made.id)).toBe(0);
    const { items } = await staff().events.query({ interviewId: made.id });
    expect(items.at(-1)).toMatchObject({ verb: "schedule", actorKind: "system", why: "project_not_active" });
    await vi.waitFor(async () => {
      const [letter] = (await lettersTo(recruiter.email)).filter(({ subject }) => subject.startsWith("Not invited"));
      expect(letter?.text).toContain("the project is not active");
    });
  });

  test("because the deadline passed while nothing ran", async () => {
    const made = await planned({ deadlineAt: plus(inviteAt, hourMs) });
    vi.setSystemTime(plus(inviteAt, 2 * hourMs));
    await sweepDeadlines(systemDeps());
    expect(await rowOf(made.id)).toMatchObject({ status: "new", inviteAt: null });
    expect((await told(made.id)).map(({ content }) => content)).toMatchObject([{ why: "deadline_needed" }]);
  });

  test("whoever tries to get in before it is sent finds nothing", async () => {
    const email = newEmail("candidate");
    await planned({ email });
    await anteroom().identity.askForLink.mutate({ email });
    expect(await lettersTo(email)).toEqual([]);
  });
});
