// Decided while it was true, written when it is not any more: the conditions inside the sentence decide, and nothing else is left to. Each case
// is tried again with its condition taken out of the SQL: then it goes through, so it is that condition which holds.
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Database } from "../../db/database.ts";
import { interview } from "../../db/schema/index.ts";
import { build, run, type Statement } from "../../db/statement.ts";
import { openStep, saveAnswer } from "../../src/answer/actions.ts";
import { SaveAnswer } from "../../src/answer/contract.ts";
import { setDeadline, tendInterview } from "../../src/interview/actions.ts";
import { resendInvitation } from "../../src/invitation/actions.ts";
import { minuteMs, after as plus, secondMs } from "../../src/kernel/clock.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import { Refused } from "../../src/kernel/errors.ts";
import { type InterviewId, newId } from "../../src/kernel/ids.ts";
import type { CandidateScope, MemberScope } from "../../src/kernel/scope.ts";
import { keepAlive } from "../../src/presence/actions.ts";
import { confirmInterview } from "../../src/visit/actions.ts";
import { deadline, memberScopeOf, noon, rowOf } from "../deadline/ledger.ts";
import {
  admitted,
  database,
  givenInterviewing,
  givenInvited,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  type Invited,
  type Member,
  systemDeps,
} from "../support/world.ts";

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;
let manager: Member;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
  house = await givenOrganization();
  const answer = { kind: "text" as const, maxChars: 100 };
  project = await givenProject(house, {
    interruptionGraceSeconds: 0,
    steps: [
      { kind: "question", title: "Why here?", takes: 3, answer },
      { kind: "question", title: "And then?", takes: 3, answer },
    ],
  });
  manager = await givenMember(house, "hiring_manager");
});
afterAll(() => void vi.useRealTimers());

const staff = () => house.owner.client.interview;

/** What a saboteur makes of the sentence. */
type Sabotage = (sentence: readonly Statement<unknown>[]) => readonly Statement<unknown>[];

/** The condition is still there, and always true. */
const withTrue =
  (condition: RegExp): Sabotage =>
  (sentence) =>
    sentence.map((one) => ({ ...one, sql: one.sql.replace(condition, (found) => `(${found} or true)`) }));

const withoutMust =
  (reason: string): Sabotage =>
  (sentence) =>
    sentence.filter(({ refusal }) => refusal?.reason !== reason);

/** Reads and decides at once; between that and what it writes, something else happens. */
async function overtaken(
  now: Date,
  act: (deps: Deps) => Promise<unknown>,
  meanwhile: () => Promise<unknown>,
  sabotage: Sabotage = (sentence) => sentence,
): Promise<string> {
  const decided = Promise.withResolvers<void>();
  const happened = Promise.withResolvers<void>();
  const real = systemDeps();
  const write: Database["write"] = async (sentence) => {
    decided.resolve();
    await happened.promise;
    return real.db.write(sabotage(sentence)) as never;
  };
  const outcome = act({ ...real, now: () => now, afterwards: () => undefined, db: { ...real.db, write } }).then(
    () => "written",
    (error: unknown) => (error instanceof Refused ? error.reason : String(error)),
  );
  await Promise.race([decided.promise, outcome]);
  await meanwhile();
  happened.resolve();
  return outcome;
}

async function scopeOf({ interview: { id } }: Invited): Promise<CandidateScope> {
  const { organizationId, candidateId } = await rowOf(id);
  const links = { interviewId: id, refcheckId: null, offerId: null };
  return { kind: "candidate", sessionId: newId("ses"), organizationId, candidateId, ...links };
}

/** As if time had been quicker: it is due already, and nobody has written it down. */
async function comesDue(interviewId: InterviewId, dueAt: Date): Promise<void> {
  await database().write([run(build.update(interview).set({ dueAt }).where(eq(interview.id, interviewId)))]);
}

type Case = {
  readonly title: string;
  /** Makes what is tried: the act, and what happens meanwhile. */
  readonly given: () => Promise<{ act: (deps: Deps) => Promise<unknown>; meanwhile: () => Promise<unknown> }>;
  readonly sabotage: Sabotage;
  readonly refused: string;
};

const saved = (invited: Invited, position: number) =>
  SaveAnswer.parse({
    ...{ interviewId: invited.interview.id, stepId: project.steps[position]?.id, submit: true },
    answer: { kind: "text", text: "Because of the coffee." },
  });

/** Somebody at the first step, whose answer is about to be written. */
async function givenSaving(meanwhile: (invited: Invited) => Promise<unknown>, answered = false) {
  const invited = await givenInterviewing(house, project);
  await invited.client.answer.openStep.mutate({ interviewId: invited.interview.id });
  if (answered) await invited.client.answer.save.mutate(saved(invited, 0));
  const scope = await scopeOf(invited);
  return {
    act: (deps: Deps) => saveAnswer(deps, scope, saved(invited, 0)),
    meanwhile: () => meanwhile(invited),
  };
}

const cases: readonly Case[] = [
  {
    title: "an answer that meets the candidate's own leaving",
    given: () => givenSaving(({ client, interview: { id } }) => client.interview.abort.mutate({ interviewId: id })),
    sabotage: withTrue(/"interview"\."status" = \?/),
    refused: "moved_on",
  },
  {
    title: "an answer whose interview has come due",
    given: () => givenSaving(({ interview: { id } }) => comesDue(id, noon)),
    sabotage: withTrue(/"interview"\."due_at" > \?/),
    refused: "moved_on",
  },
  {
    title: "an answer of one run that arrives in the next",
    given: () =>
      givenSaving(async ({ client, email, interview: { id: interviewId } }) => {
        await client.interview.abort.mutate({ interviewId });
        await staff().reset.mutate({ interviewId, deadlineAt: deadline });
        const again = (await admitted(email)).client;
        await again.interview.start.mutate({ interviewId });
        await again.answer.openStep.mutate({ interviewId });
      }),
    sabotage: withTrue(/"interview"\."run" = \?/),
    refused: "moved_on",
  },
  {
    title: "another take of a step after which the next was opened",
    given: () =>
      givenSaving(({ client, interview: { id } }) => client.answer.openStep.mutate({ interviewId: id }), true),
    sabotage: withTrue(/"interview"\."open_position" = \?/),
    refused: "moved_on",
  },
  {
    title: "a step that another window has opened",
    async given() {
      const invited = await givenInterviewing(house, project);
      const [scope, interviewId] = [await scopeOf(invited), invited.interview.id];
      const meanwhile = () => openStep(systemDeps(), scope, { interviewId });
      return { act: (deps) => openStep(deps, scope, { interviewId }), meanwhile };
    },
    sabotage: withTrue(/"interview"\."open_position" is null/),
    refused: "moved_on",
  },
  {
    title: "a confirmation whose deadline has come",
    async given() {
      const invited = await givenInvited(house, project, { deadlineAt: deadline });
      const [scope, interviewId] = [await scopeOf(invited), invited.interview.id];
      return {
        act: (deps) => confirmInterview(deps, scope, { interviewId }),
        meanwhile: () => comesDue(interviewId, noon),
      };
    },
    sabotage: withTrue(/"interview"\."due_at" > \?/),
    refused: "moved_on",
  },
  {
    title: "a member's step when their role in the project has been taken away",
    async given() {
      const { interview: made } = await givenInvited(house, project, { deadlineAt: deadline });
      const role = { projectId: project.id, memberId: manager.memberId, role: "interview_manager" } as const;
      await house.owner.client.project.assignRole.mutate(role);
      const scope: MemberScope = { ...memberScopeOf({ ...house, owner: manager }), access: "hiring_manager" };
      return {
        act: (deps) => setDeadline(deps, scope, { interviewId: made.id, deadlineAt: plus(deadline, minuteMs) }),
        meanwhile: () => house.owner.client.project.unassignRole.mutate(role),
      };
    },
    sabotage: withoutMust("not_allowed"),
    refused: "not_allowed",
  },
  {
    title: "an invitation sent again of an interview that was skipped",
    async given() {
      const { interview: made } = await givenInvited(house, project, { deadlineAt: deadline });
      return {
        act: (deps) => resendInvitation(deps, memberScopeOf(house), { interviewId: made.id }),
        meanwhile: () => staff().skip.mutate({ interviewId: made.id, why: "They took another job." }),
      };
    },
    sabotage: withoutMust("moved_on"),
    refused: "moved_on",
  },
];

describe("what was decided in time and is written too late is not written:", () => {
  test.each(cases)("$title", async ({ given, sabotage, refused }) => {
    const now = plus(noon, secondMs);
    const { act, meanwhile } = await given();
    expect(await overtaken(now, act, meanwhile)).toBe(refused);
    const again = await given();
    expect(await overtaken(now, again.act, again.meanwhile, sabotage), "saboteur").toBe("written");
  });
});

describe("a sign of life and time's own step", () => {
  const late = /"interview"\."due_at" > \?/;
  const early = /"interview"\."due_at" <= \?/;

  test("a sign that is written after the instant revives nobody", async () => {
    for (const sabotage of [undefined, withTrue(late)]) {
      const invited = await givenInterviewing(house, project);
      const [scope, interviewId] = [await scopeOf(invited), invited.interview.id];
      const act = (deps: Deps) => keepAlive(deps, scope, { interviewId });
      const dueAt = plus(noon, secondMs);
      await overtaken(plus(noon, secondMs), act, () => comesDue(interviewId, dueAt), sabotage);
      expect((await rowOf(interviewId)).dueAt?.getTime() === dueAt.getTime()).toBe(sabotage === undefined);
    }
  });

  test("an abort that a sign has overtaken is not written", async () => {
    for (const sabotage of [undefined, withTrue(early)]) {
      const invited = await givenInterviewing(house, project);
      const [scope, interviewId] = [await scopeOf(invited), invited.interview.id];
      const { dueAt } = await rowOf(interviewId);
      if (dueAt === null) throw new Error("whoever is silent is waited for until an instant");
      const sign = () => keepAlive({ ...systemDeps(), now: () => plus(dueAt, -1) }, scope, { interviewId });
      await overtaken(dueAt, (deps) => tendInterview(deps, interviewId), sign, sabotage);
      expect((await rowOf(interviewId)).status).toBe(sabotage === undefined ? "interviewing" : "aborted");
    }
  });
});
