import { runDurableObjectAlarm } from "cloudflare:test";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { sweepDeadlines } from "../../src/deadline/actions.ts";
import { leaseSeconds } from "../../src/interview/machine.ts";
import { hourMs, after as plus, secondMs } from "../../src/kernel/clock.ts";
import { alarmOf, noon, rowOf, timerOf, verbsOf } from "../deadline/ledger.ts";
import {
  type Client,
  givenInterviewing,
  givenInvited,
  givenOrganization,
  givenProject,
  type House,
  type Invited,
  refusalOf,
  systemDeps,
  tripsOf,
} from "../support/world.ts";

const graceSeconds = 120;
const silenceSeconds = leaseSeconds + graceSeconds;

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
  house = await givenOrganization();
  project = await givenProject(house, { maxInterviewSeconds: 3_600, interruptionGraceSeconds: graceSeconds });
});
beforeEach(() => void vi.setSystemTime(noon));
afterAll(() => vi.useRealTimers());

const inSeconds = (seconds: number) => plus(noon, seconds * secondMs);
const staff = () => house.owner.client.interview;
const signOf = ({ client, interview }: Invited) => client.interview.keepAlive.mutate({ interviewId: interview.id });
const openStep = ({ client, interview }: Invited) => client.answer.openStep.mutate({ interviewId: interview.id });

async function answer({ client, interview }: Invited, stepId: `stp_${string}`, text = "Because.") {
  const interviewId = interview.id;
  return client.answer.save.mutate({ interviewId, stepId, answer: { kind: "text", text }, submit: true });
}

async function firstStep(invited: Invited) {
  const { open } = await openStep(invited);
  if (!open) throw new Error("there is a first step");
  return open.step.id;
}

describe("the lease", () => {
  test("is told when the interview starts, and by every call in it", async () => {
    const { client, interview } = await givenInvited(house, project);
    const interviewId = interview.id;
    expect(await client.interview.confirm.mutate({ interviewId })).toMatchObject({ presence: null, endsAt: null });
    const lease = {
      endsAt: inSeconds(3_600),
      presence: { keepAliveSeconds: 20, lostAt: inSeconds(leaseSeconds), abortsAt: inSeconds(silenceSeconds) },
    };
    expect(await client.interview.start.mutate({ interviewId })).toMatchObject(lease);
    expect(await client.interview.own.query({ interviewId })).toMatchObject(lease);
    expect(await client.answer.room.query({ interviewId })).toMatchObject(lease);
    expect(await client.interview.keepAlive.mutate({ interviewId })).toEqual({
      interviewId,
      status: "interviewing",
      ...lease,
    });
  });

  test("is renewed by each sign; no step, no event, and the alarm is left where it is until it rings", async () => {
    const invited = await givenInterviewing(house, project);
    const { id } = invited.interview;
    const { version } = await rowOf(id);
    vi.setSystemTime(inSeconds(60));
    expect((await signOf(invited)).presence?.abortsAt).toEqual(inSeconds(60 + silenceSeconds));
    expect(await rowOf(id)).toMatchObject({ version, seenAt: inSeconds(60), dueAt: inSeconds(60 + silenceSeconds) });
    expect(await verbsOf(id)).toEqual(["create", "invite", "confirm", "start"]);
    expect((await alarmOf(id)).at).toBe(inSeconds(silenceSeconds).getTime());
    await sweepDeadlines(systemDeps());
    expect((await rowOf(id)).armedFor).toEqual(inSeconds(silenceSeconds));
    vi.setSystemTime(inSeconds(silenceSeconds));
    await runDurableObjectAlarm(timerOf(id));
    expect((await rowOf(id)).status).toBe("interviewing");
    expect((await alarmOf(id)).at).toBe(inSeconds(60 + silenceSeconds).getTime());
  });

  test("is renewed by opening a step and by saving an answer", async () => {
    const invited = await givenInterviewing(house, project);
    vi.setSystemTime(inSeconds(100));
    const stepId = await firstStep(invited);
    expect((await rowOf(invited.interview.id)).seenAt).toEqual(inSeconds(100));
    vi.setSystemTime(inSeconds(200));
    const room = await answer(invited, stepId);
    expect(room.presence?.abortsAt).toEqual(inSeconds(200 + silenceSeconds));
    expect((await rowOf(invited.interview.id)).seenAt).toEqual(inSeconds(200));
  });

  test("tells whoever keeps it that the interview is over, and refuses nothing", async () => {
    const invited = await givenInterviewing(house, project);
    const interviewId = invited.interview.id;
    await invited.client.interview.abort.mutate({ interviewId });
    expect(await signOf(invited)).toEqual({ interviewId, status: "aborted", endsAt: null, presence: null });
    const confirmed = await givenInvited(house, project);
    expect(await signOf(confirmed)).toMatchObject({ status: "invited", presence: null });
    expect((await rowOf(confirmed.interview.id)).seenAt).toBeNull();
  });

  test("50 signs at once, and a deadline moved among them: the latest sign stands, and every event has its place", async () => {
    const invited = await givenInterviewing(house, project);
    const { id } = invited.interview;
    vi.setSystemTime(inSeconds(30));
    const deadlineAt = inSeconds(7_200);
    await Promise.all([
      ...Array.from({ length: 50 }, () => signOf(invited)),
      staff().setDeadline.mutate({ interviewId: id, deadlineAt }),
    ]);
    await signOf(invited);
    expect(await rowOf(id)).toMatchObject({ deadlineAt, seenAt: inSeconds(30), dueAt: inSeconds(30 + silenceSeconds) });
    expect(await verbsOf(id)).toEqual(["create", "invite", "confirm", "start", "set_deadline"]);
  });
});

describe("a lost connection", () => {
  test("goes on at the step left unanswered when the candidate is back within the grace", async () => {
    const invited = await givenInterviewing(house, project);
    const first = await firstStep(invited);
    await answer(invited, first);
    const { open } = await openStep(invited);
    vi.setSystemTime(plus(inSeconds(silenceSeconds), -1));
    const room = await openStep(invited);
    expect(room.open).toMatchObject({ position: 1, step: { id: open?.step.id }, answer: null });
    expect((await signOf(invited)).status).toBe("interviewing");
  });

  test("at the end of the grace the interview is aborted, to the millisecond, whether or not the alarm has rung", async () => {
    const invited = await givenInterviewing(house, project);
    const stepId = await firstStep(invited);
    vi.setSystemTime(inSeconds(silenceSeconds));
    expect(await refusalOf(answer(invited, stepId))).toMatchObject({
      reason: "illegal_step",
      facts: { from: "aborted" },
    });
    expect(await signOf(invited)).toMatchObject({ status: "aborted", presence: null });
  });

  test("the alarm aborts it, and the history says why", async () => {
    const { interview } = await givenInterviewing(house, project);
    vi.setSystemTime(inSeconds(silenceSeconds));
    await runDurableObjectAlarm(timerOf(interview.id));
    const { items } = await staff().events.query({ interviewId: interview.id });
    expect(items.at(-1)).toMatchObject({ verb: "abort", actorKind: "system", why: "presence_lost" });
    expect(await staff().get.query({ interviewId: interview.id })).toMatchObject({ status: "aborted", seenAt: noon });
  });

  test("who stays to the end of the time is aborted for that, and who runs into a deadline to finish by expires", async () => {
    const over = await givenInterviewing(house, project);
    const by = await givenProject(house, { deadlineAppliesTo: "finish", maxInterviewSeconds: 7_200 });
    const late = await givenInterviewing(house, by, { deadlineAt: inSeconds(3_600) });
    for (let seconds = 180; seconds <= 3_600; seconds += 180) {
      vi.setSystemTime(plus(inSeconds(seconds), -1));
      expect((await signOf(over)).status).toBe("interviewing");
      expect((await signOf(late)).status).toBe("interviewing");
    }
    vi.setSystemTime(inSeconds(3_600));
    await runDurableObjectAlarm(timerOf(over.interview.id));
    await sweepDeadlines(systemDeps());
    const { items } = await staff().events.query({ interviewId: over.interview.id });
    expect(items.at(-1)).toMatchObject({ verb: "abort", why: "time_over" });
    expect(await rowOf(late.interview.id)).toMatchObject({ status: "expired", previousStatus: "confirmed" });
  });
});

describe("the project's rules", () => {
  test("are kept as they were at the start while an interview runs; the next run is under the new ones", async () => {
    const { id: projectId } = project;
    const invited = await givenInterviewing(house, project);
    const interviewId = invited.interview.id;
    await house.owner.client.project.edit.mutate({ projectId, maxInterviewSeconds: 60, interruptionGraceSeconds: 0 });
    try {
      vi.setSystemTime(inSeconds(60));
      expect(await signOf(invited)).toMatchObject({
        endsAt: inSeconds(3_600),
        presence: { abortsAt: inSeconds(60 + silenceSeconds) },
      });
      await invited.client.interview.abort.mutate({ interviewId });
      await staff().reset.mutate({ interviewId, deadlineAt: plus(noon, hourMs) });
      const again = await invited.client.interview.start.mutate({ interviewId });
      expect(again).toMatchObject({ endsAt: inSeconds(120), maxInterviewSeconds: 60 });
    } finally {
      const back = { maxInterviewSeconds: 3_600, interruptionGraceSeconds: graceSeconds };
      await house.owner.client.project.edit.mutate({ projectId, ...back });
    }
  });
});

describe("what is made easier for a candidate", () => {
  const eased = { timeMultiplier: 1.5, extraTakes: 1, extraGraceSeconds: 600 };
  const timed = { kind: "question", title: "Why here?", preparationSeconds: 10, answerSeconds: 60 } as const;
  const givenTimed = () =>
    givenProject(house, {
      ...{ maxInterviewSeconds: 3_600, interruptionGraceSeconds: graceSeconds },
      steps: [{ ...timed, answer: { kind: "text", maxChars: 500 } }],
    });

  test("can be sent along with the invitation, and holds from the start", async () => {
    const invited = await givenInterviewing(house, await givenTimed(), { accommodations: eased });
    const { client, interview } = invited;
    expect(interview.accommodations).toEqual(eased);
    expect(await client.interview.own.query({ interviewId: interview.id })).toMatchObject({
      accommodations: eased,
      maxInterviewSeconds: 5_400,
      endsAt: inSeconds(5_400),
      presence: { abortsAt: inSeconds(silenceSeconds + 600) },
    });
    const { open } = await openStep(invited);
    expect(open).toMatchObject({ takesLeft: 2, step: { preparationSeconds: 15, answerSeconds: 90, takes: 2 } });
    expect(open?.closesAt).toEqual(inSeconds(15 + 90 * 2));
  });

  test("can be changed while the interview runs: the open step, the time and the lease follow at once", async () => {
    const invited = await givenInterviewing(house, await givenTimed());
    const interviewId = invited.interview.id;
    const stepId = await firstStep(invited);
    await answer(invited, stepId);
    expect((await refusalOf(answer(invited, stepId))).reason).toBe("takes_used");
    const shown = await staff().accommodate.mutate({ interviewId, ...eased, why: "They asked for it." });
    expect(shown).toMatchObject({ status: "interviewing", accommodations: eased });
    expect(await rowOf(interviewId)).toMatchObject({ dueAt: inSeconds(silenceSeconds + 600) });
    expect(await answer(invited, stepId, "Once more.")).toMatchObject({ endsAt: inSeconds(5_400) });
    const { items } = await staff().events.query({ interviewId });
    const told = { verb: "accommodate", from: "interviewing", to: "interviewing", accommodations: eased };
    expect(items.at(-1)).toMatchObject({ ...told, why: "They asked for it." });
  });

  test("cannot be taken back so far that the interview would be over at once", async () => {
    const invited = await givenInterviewing(house, project, { accommodations: eased });
    const interviewId = invited.interview.id;
    vi.setSystemTime(inSeconds(500));
    expect((await refusalOf(staff().accommodate.mutate({ interviewId }))).reason).toBe("no_time_left");
    await signOf(invited);
    expect(await staff().accommodate.mutate({ interviewId })).toMatchObject({
      accommodations: { timeMultiplier: 1, extraTakes: 0, extraGraceSeconds: 0 },
    });
  });

  test("what is over has nothing to make easier", async () => {
    const { interview } = await givenInvited(house, project);
    await staff().skip.mutate({ interviewId: interview.id });
    const refused = await refusalOf(staff().accommodate.mutate({ interviewId: interview.id, ...eased }));
    expect(refused).toMatchObject({ reason: "illegal_step", facts: { from: "skipped", verb: "accommodate" } });
  });

  test("is refused when it is out of bounds, with the place named", async () => {
    const { interview } = await givenInvited(house, project);
    for (const wrong of [
      { timeMultiplier: 0.5 },
      { timeMultiplier: 4.05 },
      { extraTakes: 11 },
      { extraGraceSeconds: -1 },
    ]) {
      const refused = await refusalOf(staff().accommodate.mutate({ interviewId: interview.id, ...wrong }));
      expect(refused.reason).toBe("bad_input");
    }
  });
});

describe("round trips", () => {
  test("a sign takes two", async () => {
    const invited = await givenInterviewing(house, project);
    const trips = await tripsOf(invited.token, (client: Client) =>
      client.interview.keepAlive.mutate({ interviewId: invited.interview.id }),
    );
    expect(trips).toBe(2);
  });
});
