import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { interview, interviewAnswer } from "../../db/schema/index.ts";
import { all, build, first } from "../../db/statement.ts";
import { dayMs, hourMs, after as plus, secondMs } from "../../src/kernel/clock.ts";
import { type InterviewId, newId } from "../../src/kernel/ids.ts";
import { asAnswer, givenRecording } from "../support/recording.ts";
import {
  anteroom,
  database,
  givenInterviewing,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  type Invited,
  newEmail,
  newestToken,
  refusalOf,
  tripsOf,
} from "../support/world.ts";

const noon = new Date("2031-03-03T12:00:00.000Z");
const deadlineAt = plus(noon, dayMs);

type Project = Awaited<ReturnType<typeof givenProject>>;

let house: House;
/** A written question with a clock and three takes, a choice, a recording, and a test. */
let project: Project;
/** One step, no clock. */
let short: Project;

const options = ["red", "green", "blue"].map((id) => ({ id, label: id }));

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
  house = await givenOrganization();
  const timed = { preparationSeconds: 30, answerSeconds: 60, takes: 3 };
  project = await givenProject(house, {
    maxInterviewSeconds: 7_200,
    steps: [
      { kind: "question", title: "Why here?", ...timed, answer: { kind: "text", maxChars: 40 } },
      { kind: "question", title: "Which?", answer: { kind: "choice", options, multiple: true } },
      { kind: "question", title: "Say hello", answer: { kind: "media", media: "video" } },
      { kind: "test", title: "Sky?", points: 5, answer: { kind: "choice", options, correctOptionIds: ["blue"] } },
    ],
  });
  short = await givenProject(house, {
    steps: [{ kind: "question", title: "Why?", takes: 10, answer: { kind: "text", maxChars: 500 } }],
  });
});

beforeEach(() => vi.setSystemTime(noon));
afterAll(() => vi.useRealTimers());

type Answer = Parameters<Invited["client"]["answer"]["save"]["mutate"]>[0]["answer"];
const text = (words: string): Answer => ({ kind: "text", text: words });
const choice = (...optionIds: string[]): Answer => ({ kind: "choice", optionIds });
/** Of nobody: a recording is made by whoever gives it. */
const video: Answer = asAnswer(newId("rec"));

const stepId = (at: number, of = project) => of.steps[at]?.id ?? newId("stp");

/** One candidate in the room. */
function at({ client, interview: { id: interviewId } }: Invited) {
  return {
    interviewId,
    client,
    /** The answer itself, or, where it is a recording, one of their own. */
    recorded: async (answer: Answer) => {
      if (answer !== video) return answer;
      return asAnswer((await givenRecording(client, { interviewId, stepId: stepId(2) })).recordingId);
    },
    open: () => client.answer.openStep.mutate({ interviewId }),
    room: () => client.answer.room.query({ interviewId }),
    draft: (step: number, answer: Answer) => client.answer.save.mutate({ interviewId, stepId: stepId(step), answer }),
    submit: (step: number, answer: Answer) =>
      client.answer.save.mutate({ interviewId, stepId: stepId(step), answer, submit: true }),
    finish: () => client.interview.finish.mutate({ interviewId }),
  };
}

const given = async () => at(await givenInterviewing(house, project, { deadlineAt }));

async function answersOf(interviewId: InterviewId) {
  const { rows } = await database().read({
    rows: all(
      build
        .select()
        .from(interviewAnswer)
        .where(eq(interviewAnswer.interviewId, interviewId))
        .orderBy(interviewAnswer.run, interviewAnswer.position),
    ),
  });
  return rows;
}

describe("steps", () => {
  test("are met one after the other: none before the first is opened, none skipped, none ahead to be seen", async () => {
    const { open, room, submit, draft, finish, recorded } = await given();
    expect(await room()).toMatchObject({ status: "interviewing", stepCount: 4, stepsAhead: 4, open: null });
    expect(await refusalOf(submit(0, text("Early")))).toMatchObject({ reason: "step_not_open", code: "CONFLICT" });

    const answers = [text("Coffee"), choice("red", "blue"), video, choice("blue")];
    for (const [position, answer] of answers.entries()) {
      const opened = await open();
      expect(opened).toMatchObject({ stepsAhead: 3 - position, open: { position, isDone: false, answer: null } });
      expect(opened.open?.step).toMatchObject({ id: stepId(position), title: project.steps[position]?.title });
      const others = project.steps.filter((_, other) => other !== position).map(({ title }) => title);
      for (const title of others) expect(JSON.stringify([opened, await room()])).not.toContain(title);
      for (const other of [0, 1, 2, 3].filter((step) => step !== position)) {
        expect(await refusalOf(draft(other, answers[other] ?? answer))).toMatchObject({ reason: "step_not_open" });
      }
      expect(await refusalOf(finish())).toMatchObject({ reason: "steps_left", facts: { left: 4 - position } });
      expect(await open(), "an open step is opened once").toEqual(opened);
      const right = await recorded(answer);
      expect(await submit(position, right)).toMatchObject({ open: { isDone: true, answer: right } });
    }
    expect(await open(), "after the last there is none").toMatchObject({
      stepsAhead: 0,
      open: { position: 3, isDone: true },
    });
    expect(await finish()).toMatchObject({ status: "interviewed" });
    expect(await room()).toMatchObject({ status: "interviewed", open: null });
    expect(await refusalOf(submit(3, choice("red")))).toMatchObject({ reason: "illegal_step" });
    expect(await refusalOf(open())).toMatchObject({ reason: "illegal_step", facts: { from: "interviewed" } });
  });

  test("never tell a candidate which option is right", async () => {
    const { open, submit, room, interviewId, client, recorded } = await given();
    const seen = [];
    for (const answer of [text("a"), choice("red"), video, choice("green")]) {
      const { open: step } = await open();
      seen.push(await submit(step?.position ?? 0, await recorded(answer)), await room(), await open());
    }
    seen.push(await client.interview.own.query({ interviewId }));
    expect(JSON.stringify(seen)).not.toContain("correct");
    expect(JSON.stringify(seen)).not.toContain('"score"');
  });

  test("opened by two windows at once are opened once, with one clock", async () => {
    const { open, room, interviewId } = await given();
    const opened = await Promise.allSettled(Array.from({ length: 10 }, open));
    for (const one of opened) {
      if (one.status === "rejected") expect((await refusalOf(Promise.reject(one.reason))).reason).toBe("moved_on");
    }
    expect((await room()).open).toMatchObject({ position: 0, openedAt: noon });
    const { row } = await database().read({
      row: first(build.select().from(interview).where(eq(interview.id, interviewId))),
    });
    expect(row?.openPosition).toBe(0);
  });

  test("stay as they were when the interview was created, whatever the project becomes", async () => {
    const one = await givenProject(house, {
      steps: [{ kind: "question", title: "The old question", answer: { kind: "text", maxChars: 50 } }],
    });
    const invited = await givenInterviewing(house, one, { deadlineAt });
    await house.owner.client.project.setSteps.mutate({
      ...{ projectId: one.id, revision: one.revision },
      steps: [{ kind: "question", title: "The new question", answer: { kind: "text", maxChars: 50 } }],
    });
    expect((await at(invited).open()).open?.step.title).toBe("The old question");
  });
});

describe("answers", () => {
  test("are saved as one goes, as often as one likes, and each submission is one take", async () => {
    const { open, draft, submit, room, interviewId } = await given();
    await open();
    for (const words of ["C", "Co", "Cof"]) {
      expect(await draft(0, text(words))).toMatchObject({ open: { takesLeft: 3, isDone: false, answer: text(words) } });
    }
    expect(await submit(0, text("Coffee"))).toMatchObject({ open: { takesLeft: 2, isDone: true } });
    expect(await refusalOf(draft(0, text("Half a th")))).toMatchObject({
      reason: "answer_submitted",
      code: "CONFLICT",
    });
    expect((await room()).open).toMatchObject({ answer: text("Coffee") });
    expect(await submit(0, text("Coffee!"))).toMatchObject({ open: { takesLeft: 1 } });
    expect(await submit(0, text("Coffee!!"))).toMatchObject({ open: { takesLeft: 0 } });
    expect(await refusalOf(submit(0, text("More")))).toMatchObject({ reason: "takes_used", code: "CONFLICT" });
    expect(await refusalOf(draft(0, text("More")))).toMatchObject({ reason: "answer_submitted" });
    expect((await room()).open).toMatchObject({ answer: text("Coffee!!") });
    expect(await answersOf(interviewId)).toMatchObject([{ run: 1, position: 0, takes: 3, answer: text("Coffee!!") }]);
  });

  test("submitted 30 times at once never use more takes than there are", async () => {
    const { open, submit, interviewId } = await given();
    await open();
    const calls = await Promise.allSettled(Array.from({ length: 30 }, (_, index) => submit(0, text(`take ${index}`))));
    const refused = calls.filter((call) => call.status === "rejected");
    const reasons = await Promise.all(
      refused.map(async ({ reason }) => (await refusalOf(Promise.reject(reason))).reason),
    );
    expect(new Set(reasons)).toEqual(new Set(["takes_used"]));
    expect(calls.length - refused.length).toBe(3);
    expect(await answersOf(interviewId)).toMatchObject([{ takes: 3 }]);
  });

  test("of another kind, length or option than was asked for are refused, and nothing of them is kept", async () => {
    const { open, submit, draft, interviewId, recorded } = await given();
    const refused = async (step: number, answers: readonly Answer[]) => {
      for (const answer of answers) {
        for (const save of [draft, submit]) {
          expect(await refusalOf(save(step, answer))).toMatchObject({ reason: "answer_mismatch", code: "BAD_REQUEST" });
        }
      }
    };
    await open();
    await refused(0, [choice("red"), video, text("x".repeat(41))]);
    expect(await answersOf(interviewId)).toEqual([]);
    await submit(0, text("x".repeat(40)));
    await open();
    await refused(1, [text("red"), video, choice("pink"), choice("red", "red"), choice("red", "pink")]);
    await submit(1, choice("red", "green", "blue"));
    await open();
    await refused(2, [text("hello"), choice("red")]);
    await submit(2, await recorded(video));
    await open();
    await refused(3, [text("blue"), video, choice("blue", "red")]);
    expect(await answersOf(interviewId)).toHaveLength(3);
  });

  test("with a recording that is not there, or of no length there is, are refused", async () => {
    const { open, submit } = await given();
    for (const answer of [text("a"), choice("red")]) await submit((await open()).open?.position ?? 0, answer);
    await open();
    expect((await refusalOf(submit(2, video))).reason).toBe("not_found");
    expect((await refusalOf(submit(2, { ...video, durationSeconds: -1 } as Answer))).reason).toBe("bad_input");
  });

  test("to a test score all of its points for exactly the right options, and none otherwise", async () => {
    for (const [optionIds, points] of [
      [["blue"], 5],
      [["red"], 0],
      [[], 0],
    ] as const) {
      const { open, submit, interviewId, recorded } = await given();
      for (const answer of [text("a"), choice("red"), video, choice(...optionIds)]) {
        const { open: step } = await open();
        await submit(step?.position ?? 0, await recorded(answer));
      }
      expect((await answersOf(interviewId)).map((row) => row.points)).toEqual([null, null, null, points]);
    }
  });
});

describe("a step's clock", () => {
  /** 30 s of thinking and three takes of 60 s. */
  const closesAt = plus(noon, 210 * secondMs);

  test("is preparation and answer times takes, to the millisecond: what is saved before counts, what comes at it does not", async () => {
    const { open, draft, submit, room } = await given();
    expect((await open()).open).toMatchObject({ openedAt: noon, closesAt });
    vi.setSystemTime(plus(closesAt, -1));
    expect(await draft(0, text("Nearly"))).toMatchObject({ open: { takesLeft: 3, isDone: false } });
    vi.setSystemTime(closesAt);
    for (const save of [draft, submit]) {
      expect(await refusalOf(save(0, text("Late")))).toMatchObject({ reason: "step_time_over", code: "CONFLICT" });
    }
    expect((await room()).open).toMatchObject({ takesLeft: 0, isDone: true, answer: text("Nearly") });
  });

  test("that ran out lets the candidate go on; the draft is the answer, and no answer is none", async () => {
    const { open, draft, interviewId } = await given();
    await open();
    await draft(0, text("A draft"));
    vi.setSystemTime(closesAt);
    expect(await open()).toMatchObject({ open: { position: 1, openedAt: closesAt, closesAt: null } });
    const { steps } = await house.owner.client.answer.given.query({ interviewId });
    expect(steps[0]).toMatchObject({ answer: text("A draft"), takes: 0, savedAt: noon });

    vi.setSystemTime(noon);
    const silent = await given();
    await silent.open();
    vi.setSystemTime(closesAt);
    expect((await silent.open()).open?.position).toBe(1);
    const silence = await house.owner.client.answer.given.query({ interviewId: silent.interviewId });
    expect(silence.steps[0]).toMatchObject({ answer: null, takes: 0, savedAt: null });
  });

  test("does not keep an interview open: at the end of the interview the open step is closed with it", async () => {
    const invited = await givenInterviewing(house, short, { deadlineAt });
    const { open, room, interviewId, client } = at(invited);
    await open();
    const save = (words: string) =>
      client.answer.save.mutate({ interviewId, stepId: stepId(0, short), answer: text(words) });
    const endsAt = plus(noon, 2 * hourMs);
    expect(await room()).toMatchObject({ endsAt });
    vi.setSystemTime(plus(endsAt, -1));
    await save("In time");
    vi.setSystemTime(endsAt);
    expect(await refusalOf(save("Late"))).toMatchObject({ reason: "illegal_step", facts: { from: "aborted" } });
    expect(await room()).toMatchObject({ status: "aborted", open: null, endsAt: null });
    expect(await answersOf(interviewId)).toMatchObject([{ answer: text("In time") }]);
  });
});

describe("who sees answers", () => {
  test("staff who see the project see every step with its answer and its points; nobody else does", async () => {
    const { open, submit, interviewId, client } = await given();
    await open();
    await submit(0, text("Coffee"));
    const seen = await house.owner.client.answer.given.query({ interviewId });
    expect(seen.steps.map(({ position }) => position)).toEqual([0, 1, 2, 3]);
    expect(seen.steps[0]).toMatchObject({ answer: text("Coffee"), takes: 1, points: null, savedAt: noon });
    expect(seen.steps[3]).toMatchObject({ answer: null, step: { answer: { correctOptionIds: ["blue"] } } });

    const manager = await givenMember(house, "hiring_manager");
    const ask = (token: string) => anteroom(token).answer.given.query({ interviewId });
    expect(await refusalOf(ask(manager.token))).toMatchObject({ reason: "not_found" });
    const { memberId } = manager;
    await house.owner.client.project.assignRole.mutate({ projectId: project.id, memberId, role: "reviewer" });
    expect(await ask(manager.token)).toEqual(seen);
    expect(await refusalOf(client.answer.given.query({ interviewId }))).toMatchObject({ reason: "wrong_actor" });
    const elsewhere = await givenOrganization();
    expect(await refusalOf(ask(elsewhere.owner.token))).toMatchObject({ reason: "not_found" });
    expect(await refusalOf(house.owner.client.answer.room.query({ interviewId }))).toMatchObject({
      reason: "wrong_actor",
    });
  });

  test("another candidate's interview is not there, and neither is one's own before the invitation", async () => {
    const [mine, theirs] = [await given(), await given()];
    const uninvited = await house.owner.client.interview.create.mutate({
      projectId: short.id,
      candidate: { email: newEmail("candidate"), firstName: "Cleo", lastName: "Candidate" },
    });
    for (const interviewId of [theirs.interviewId, uninvited.id, newId("itv")]) {
      const { answer, interview: own } = mine.client;
      const save = { interviewId, stepId: stepId(0), answer: text("Mine?") };
      for (const call of [
        () => answer.room.query({ interviewId }),
        () => answer.openStep.mutate({ interviewId }),
        () => answer.save.mutate(save),
        () => own.own.query({ interviewId }),
        () => own.confirm.mutate({ interviewId }),
        () => own.start.mutate({ interviewId }),
        () => own.finish.mutate({ interviewId }),
        () => own.abort.mutate({ interviewId }),
      ]) {
        expect(await refusalOf(call())).toMatchObject({ reason: "not_found", code: "NOT_FOUND" });
      }
    }
    expect(await theirs.room()).toMatchObject({ open: null });
  });

  test("a session from one interview's link reaches no other interview of the same person; their password reaches all", async () => {
    const candidate = { email: newEmail("candidate"), firstName: "Cleo", lastName: "Candidate" };
    const invite = house.owner.client.interview.createAndInvite;
    const { id: interviewId } = await invite.mutate({ projectId: project.id, candidate, deadlineAt });
    const other = await invite.mutate({
      projectId: short.id,
      candidate,
      deadlineAt,
    });
    const fresh = await house.owner.client.interview.create.mutate({
      ...{ projectId: (await givenProject(house)).id, candidate },
    });
    const { token } = await linkOf(candidate.email, interviewId);
    const byLink = anteroom(token);
    expect((await byLink.interview.listOwn.query({})).items.map(({ id }) => id)).toEqual([interviewId]);
    for (const hidden of [other.id, fresh.id]) {
      expect(await refusalOf(byLink.interview.own.query({ interviewId: hidden }))).toMatchObject({
        reason: "not_found",
      });
      expect(await refusalOf(byLink.answer.room.query({ interviewId: hidden }))).toMatchObject({ reason: "not_found" });
    }

    const password = "five slow herons in reeds";
    await byLink.interview.confirm.mutate({ interviewId, password });
    const organization = house.organization.slug;
    const { email } = candidate;
    const signedIn = await anteroom().identity.signInCandidate.mutate({ organization, email, password });
    const byPassword = anteroom(signedIn.token);
    expect((await byPassword.interview.listOwn.query({})).items.map(({ id }) => id)).toEqual([other.id, interviewId]);
    expect(await refusalOf(byPassword.interview.own.query({ interviewId: fresh.id }))).toMatchObject({
      reason: "not_found",
    });

    // A link that was passed on is not a key to everything: a password that stands is not replaced by one.
    const forwarded = anteroom((await linkOf(email, other.id)).token);
    const taking = { interviewId: other.id, password: "a word of somebody else" };
    expect(await refusalOf(forwarded.interview.confirm.mutate(taking))).toMatchObject({ reason: "password_set" });
    expect(await forwarded.interview.confirm.mutate({ interviewId: other.id })).toMatchObject({ status: "confirmed" });
    expect((await anteroom().identity.signInCandidate.mutate({ organization, email, password })).kind).toBe(
      "candidate",
    );
  });

  /** A session by a new link of that interview. */
  async function linkOf(email: string, interviewId: InterviewId): Promise<{ token: string }> {
    await house.owner.client.invitation.resend.mutate({ interviewId });
    return anteroom().identity.useLink.mutate({ token: await newestToken(email) });
  }

  test("looking costs one round trip and answering two", async () => {
    const invited = await givenInterviewing(house, project, { deadlineAt });
    const { interviewId } = at(invited);
    const trips = (call: Parameters<typeof tripsOf>[1]) => tripsOf(invited.token, call);
    const save = { interviewId, stepId: stepId(0), answer: text("Two") };
    expect(await trips(({ answer }) => answer.openStep.mutate({ interviewId }))).toBe(2);
    expect(await trips(({ answer }) => answer.save.mutate({ ...save, submit: true }))).toBe(2);
    expect(await trips(({ answer }) => answer.room.query({ interviewId }))).toBe(1);
    expect(await tripsOf(house.owner.token, ({ answer }) => answer.given.query({ interviewId }))).toBe(1);
  });
});
