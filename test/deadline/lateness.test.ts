import { and, eq } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { interview, interviewAnswer } from "../../db/schema/index.ts";
import { all, build, mustHaveChanged, run } from "../../db/statement.ts";
import { restoreInterview, tendInterview } from "../../src/interview/actions.ts";
import { ListInterviews } from "../../src/interview/contract.ts";
import { resendInvitation } from "../../src/invitation/actions.ts";
import { hourMs, minuteMs, after as plus, secondMs } from "../../src/kernel/clock.ts";
import { newId } from "../../src/kernel/ids.ts";
import type { CandidateScope } from "../../src/kernel/scope.ts";
import { getInterview, listInterviews } from "../../src/listing/actions.ts";
import { showOwn } from "../../src/visit/actions.ts";
import {
  answerAll,
  anteroom,
  database,
  givenInterviewing,
  givenInvited,
  givenOrganization,
  givenProject,
  type House,
  type Invited,
  newestToken,
  refusalOf,
  systemDeps,
  tripsOf,
} from "../support/world.ts";
import { alarmOf, deadline, depsThat, lettersOf, memberScopeOf, noon, rowOf, verbsOf } from "./ledger.ts";

let house: House;
let startBy: Awaited<ReturnType<typeof givenProject>>;
let finishBy: typeof startBy;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
  house = await givenOrganization();
  startBy = await givenProject(house, { maxInterviewSeconds: 60, reminderHours: [] });
  finishBy = await givenProject(house, {
    ...{ deadlineAppliesTo: "finish", maxInterviewSeconds: 86_400, reminderHours: [] },
  });
});

beforeEach(() => vi.setSystemTime(noon));
afterAll(() => vi.useRealTimers());

const staff = () => house.owner.client.interview;
const memberScope = () => memberScopeOf(house);

const deaf = {
  settleDue: () => Promise.reject(new Error("no timers today")),
  set: () => Promise.reject(new Error("no timers today")),
  drainOutbox: () => Promise.reject(new Error("no timers today")),
  wakeOutbox: () => Promise.reject(new Error("no timers today")),
};

describe("with every alarm and sweep lost", () => {
  type Verb = "confirm" | "start" | "answer" | "finish";
  type Case = { verb: Verb; appliesTo: "start" | "finish"; offsetMs: number };

  const bound = ({ verb, appliesTo }: Case) =>
    appliesTo === "start" && (verb === "answer" || verb === "finish") ? plus(noon, minuteMs) : deadline;

  async function given({ verb, appliesTo }: Case): Promise<Invited> {
    const args = [house, appliesTo === "start" ? startBy : finishBy, { deadlineAt: deadline }] as const;
    if (verb === "confirm") return givenInvited(...args);
    if (verb === "start") {
      const invited = await givenInvited(...args);
      await invited.client.interview.confirm.mutate({ interviewId: invited.interview.id });
      return invited;
    }
    const running = await givenInterviewing(...args);
    if (verb === "answer") await running.client.answer.openStep.mutate({ interviewId: running.interview.id });
    else await answerAll(running);
    return running;
  }

  async function attempt(verb: Verb, { client, interview: { id: interviewId } }: Invited): Promise<unknown> {
    if (verb !== "answer") return client.interview[verb].mutate({ interviewId });
    const stepId = startBy.steps[0]?.id ?? newId("stp");
    const { open } = await client.answer.room.query({ interviewId });
    const answer = { kind: "text" as const, text: "On time?" };
    return client.answer.save.mutate({ interviewId, stepId: open?.step.id ?? stepId, answer, submit: true });
  }

  /** Nothing, when what came before the instant was taken and what came at it or after was not. */
  async function complaint(one: Case, invited: Invited, attempted = attempt): Promise<string | null> {
    vi.setSystemTime(plus(bound(one), one.offsetMs));
    const { status: before, version } = await rowOf(invited.interview.id);
    const refused = await attempted(one.verb, invited).then(
      () => null,
      (error: unknown) => refusalOf(Promise.reject(error)),
    );
    const isLate = one.offsetMs >= 0;
    if (isLate && refused === null) return `${one.verb} was taken ${one.offsetMs} ms late`;
    if (!isLate && refused !== null) return `${one.verb} was refused with ${refused.reason} in good time`;
    if (!isLate) return null;
    await staff().get.query({ interviewId: invited.interview.id });
    const { status } = await rowOf(invited.interview.id);
    const to = one.appliesTo === "start" && (one.verb === "answer" || one.verb === "finish") ? "aborted" : "expired";
    const events = (await verbsOf(invited.interview.id)).slice(version);
    if (status !== to || events.length !== 1) return `${before} became ${status} by ${events}, not ${to}`;
    return refused?.reason === "illegal_step" && refused.facts.from === to ? null : `refused with ${refused?.reason}`;
  }

  for (const appliesTo of ["start", "finish"] as const) {
    for (const verb of ["confirm", "start", "answer", "finish"] as const) {
      test(`${verb} is taken one millisecond before the end and refused at it (deadline to ${appliesTo} by)`, async () => {
        for (const offsetMs of [-1, 0]) {
          vi.setSystemTime(noon);
          const one = { verb, appliesTo, offsetMs };
          expect(await complaint(one, await given(one))).toBeNull();
        }
      });
    }
  }

  test("so it is at any distance from the end", async () => {
    const one: fc.Arbitrary<Case> = fc.record({
      verb: fc.constantFrom("confirm", "start", "answer", "finish"),
      appliesTo: fc.constantFrom("start", "finish"),
      offsetMs: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -50_000, max: 10 * hourMs })),
    });
    await fc.assert(
      fc.asyncProperty(one, async (it) => {
        vi.setSystemTime(noon);
        expect(await complaint(it, await given(it))).toBeNull();
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });

  test("saboteur: a step whose write does not ask for the time is taken late, and the check says so", async () => {
    const one: Case = { verb: "confirm", appliesTo: "start", offsetMs: 0 };
    const invited = await given(one);
    const withoutTime = async () => {
      const row = await rowOf(invited.interview.id);
      await database().write([
        run(
          build
            .update(interview)
            .set({ status: "confirmed", version: row.version + 1 })
            .where(and(eq(interview.id, row.id), eq(interview.status, "invited"), eq(interview.version, row.version))),
        ),
        mustHaveChanged("moved_on"),
      ]);
    };
    expect(await complaint(one, invited, withoutTime)).toBe("confirm was taken 0 ms late");
  });

  test("everybody reads what is true before anything is written, and looking has it written down", async () => {
    const invited = await givenInvited(house, startBy, { deadlineAt: deadline, labels: ["unwritten"] });
    const { interview: itv } = invited;
    const row = await rowOf(itv.id);
    vi.setSystemTime(deadline);
    const { deps } = depsThat({}, "drop");
    const scope: CandidateScope = {
      ...{ kind: "candidate", sessionId: newId("ses"), organizationId: row.organizationId },
      ...{ candidateId: row.candidateId, refcheckId: null, offerId: null, interviewId: itv.id },
    };
    const list = (status: ListInterviews["status"]) =>
      listInterviews(deps, memberScope(), ListInterviews.parse({ label: "unwritten", status }));
    const shown = {
      status: "expired",
      previousStatus: "invited",
      availableActions: ["restore", "skip", "set_deadline", "accommodate"],
    };
    expect(await getInterview(deps, memberScope(), { interviewId: itv.id })).toMatchObject(shown);
    expect((await list(["expired"])).items).toMatchObject([shown]);
    expect((await list(["invited"])).items).toEqual([]);
    expect(await showOwn(deps, scope, { interviewId: itv.id })).toMatchObject({
      status: "expired",
      availableActions: [],
    });
    expect((await rowOf(itv.id)).status).toBe("invited");

    expect(await staff().get.query({ interviewId: itv.id })).toMatchObject(shown);
    expect(await rowOf(itv.id)).toMatchObject({ status: "expired", version: row.version + 1 });
  });

  test("an interview whose expiry nobody wrote down is restored in one write of two events", async () => {
    const { interview: itv, client } = await givenInvited(house, startBy, { deadlineAt: deadline });
    const interviewId = itv.id;
    vi.setSystemTime(deadline);
    const later = plus(deadline, hourMs);
    const trips = await tripsOf(house.owner.token, async (owner) => {
      const restored = await owner.interview.restore.mutate({ interviewId, deadlineAt: later, why: "Was ill" });
      expect(restored).toMatchObject({ status: "invited", previousStatus: null, version: 4, deadlineAt: later });
    });
    expect(trips).toBe(2);
    expect(await verbsOf(interviewId)).toEqual(["create", "invite", "expire", "restore"]);
    const { items } = await staff().events.query({ interviewId });
    expect(items.slice(2)).toMatchObject([
      { from: "invited", to: "expired", actorKind: "system", actorId: null, why: null },
      { from: "expired", to: "invited", actorKind: "member", actorId: house.owner.memberId, why: "Was ill" },
    ]);
    expect(await lettersOf(interviewId, "interview_restored")).toHaveLength(1);
    expect((await alarmOf(interviewId)).at).toBe(later.getTime());
    expect(await client.interview.confirm.mutate({ interviewId })).toMatchObject({ status: "confirmed" });
  });
});

describe("coming back", () => {
  test("restoring needs a deadline ahead, given or set beforehand", async () => {
    const { interview: itv } = await givenInvited(house, startBy, { deadlineAt: deadline });
    const interviewId = itv.id;
    vi.setSystemTime(plus(deadline, secondMs));
    const restore = (deadlineAt?: Date) => staff().restore.mutate({ interviewId, ...(deadlineAt && { deadlineAt }) });
    expect(await refusalOf(restore())).toMatchObject({ reason: "deadline_needed", code: "BAD_REQUEST" });
    expect(await refusalOf(restore(new Date()))).toMatchObject({ reason: "deadline_in_past" });
    const ahead = plus(new Date(), hourMs);
    expect(await staff().setDeadline.mutate({ interviewId, deadlineAt: ahead })).toMatchObject({
      ...{ status: "expired", previousStatus: "invited", deadlineAt: ahead },
    });
    expect((await alarmOf(interviewId)).at).not.toBe(ahead.getTime());
    expect(await restore()).toMatchObject({ status: "invited", deadlineAt: ahead });
  });

  test("an interview that expired while it ran is confirmed again, and starts anew", async () => {
    const running = await givenInterviewing(house, finishBy, { deadlineAt: deadline });
    const interviewId = running.interview.id;
    vi.setSystemTime(deadline);
    const { deps } = depsThat({});
    const deadlineAt = plus(deadline, hourMs);
    expect(await restoreInterview(deps, memberScope(), { interviewId, deadlineAt })).toMatchObject({
      ...{ status: "confirmed", startedAt: null },
    });
    await running.client.interview.start.mutate({ interviewId });
    expect((await rowOf(interviewId)).run).toBe(2);
  });

  test("resetting begins a new run at the first step and keeps the answers of the old one", async () => {
    const running = await givenInterviewing(house, startBy, { deadlineAt: deadline });
    const { client } = running;
    const interviewId = running.interview.id;
    const { open } = await client.answer.openStep.mutate({ interviewId });
    const answer = { kind: "text" as const, text: "The first time" };
    await client.answer.save.mutate({ interviewId, stepId: open?.step.id ?? newId("stp"), answer, submit: true });
    await client.interview.abort.mutate({ interviewId });
    expect(await refusalOf(client.interview.start.mutate({ interviewId }))).toMatchObject({ reason: "illegal_step" });

    expect(await staff().reset.mutate({ interviewId })).toMatchObject({ status: "confirmed", deadlineAt: deadline });
    await client.interview.start.mutate({ interviewId });
    const room = await client.answer.room.query({ interviewId });
    expect(room).toMatchObject({ open: null, stepsAhead: 3 });
    expect(await client.answer.openStep.mutate({ interviewId })).toMatchObject({ open: { position: 0, answer: null } });
    const { rows } = await database().read({
      rows: all(build.select().from(interviewAnswer).where(eq(interviewAnswer.interviewId, interviewId))),
    });
    expect(rows).toMatchObject([{ run: 1, answer }]);
    expect((await house.owner.client.answer.given.query({ interviewId })).steps[0]).toMatchObject({
      answer: null,
      takes: 0,
    });
  });

  test("skipping ends links and sessions, takes back letters that were not delivered, and nothing comes back from it", async () => {
    const { interview: itv, client, email } = await givenInvited(house, startBy, { deadlineAt: deadline });
    const interviewId = itv.id;
    const token = await newestToken(email);
    const { deps } = depsThat({ alarms: deaf }, "drop");
    await resendInvitation(deps, memberScope(), { interviewId });
    expect((await lettersOf(interviewId, "interview_invitation")).map(({ status }) => status)).toEqual([
      "delivered",
      "waiting",
    ]);

    expect(await staff().skip.mutate({ interviewId })).toMatchObject({ status: "skipped", availableActions: [] });
    expect((await lettersOf(interviewId, "interview_invitation")).map(({ status }) => status)).toEqual([
      "delivered",
      "withdrawn",
    ]);
    expect(await refusalOf(client.interview.own.query({ interviewId }))).toMatchObject({ reason: "signed_out" });
    expect(await refusalOf(anteroom().identity.useLink.mutate({ token }))).toMatchObject({ reason: "link_dead" });
    expect(await refusalOf(house.owner.client.invitation.resend.mutate({ interviewId }))).toMatchObject({
      reason: "illegal_step",
    });
    vi.setSystemTime(deadline);
    expect(await tendInterview(systemDeps(), interviewId)).toBeNull();
    expect(await verbsOf(interviewId)).toEqual(["create", "invite", "skip"]);
  });
});
