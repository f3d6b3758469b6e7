// The ways into an interview: a newer letter ends the older link, and what is over is looked at and no more.
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { interview, interviewAnswer, interviewEvent, letter } from "../../db/schema/index.ts";
import { all, build, raw } from "../../db/statement.ts";
import { dayMs, hourMs, after as plus } from "../../src/kernel/clock.ts";
import type { InterviewId } from "../../src/kernel/ids.ts";
import { ask, procedures } from "../support/wire.ts";
import {
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
} from "../support/world.ts";

const noon = new Date("2031-03-03T12:00:00.000Z");
const deadlineAt = plus(noon, hourMs);

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: noon });
  house = await givenOrganization();
  project = await givenProject(house);
});
beforeEach(() => void vi.setSystemTime(noon));
afterAll(() => void vi.useRealTimers());

async function givenExpired(): Promise<Invited> {
  const invited = await givenInvited(house, project, { deadlineAt });
  vi.setSystemTime(deadlineAt);
  await runDurableObjectAlarm(env.DEADLINE.getByName(invited.interview.id));
  return invited;
}

/** They had opened the first step, and began to answer it. */
async function givenAborted(): Promise<Invited> {
  const invited = await givenInterviewing(house, project);
  const { client, interview } = invited;
  const interviewId = interview.id;
  const { open } = await client.answer.openStep.mutate({ interviewId });
  if (!open) throw new Error("the first step is open");
  const answer = { kind: "text", text: "Because of" } as const;
  await client.answer.save.mutate({ interviewId, stepId: open.step.id, answer });
  await client.interview.abort.mutate({ interviewId });
  return invited;
}

describe("the older link ends, and the new one works,", () => {
  const staff = () => house.owner.client;
  const newer = () => plus(noon, 2 * dayMs);

  const ways = [
    {
      way: "when the invitation is sent again",
      given: () => givenInvited(house, project),
      take: (interviewId: InterviewId) => staff().invitation.resend.mutate({ interviewId }),
      status: "invited",
    },
    {
      way: "when the interview is restored",
      given: givenExpired,
      take: (interviewId: InterviewId) => staff().interview.restore.mutate({ interviewId, deadlineAt: newer() }),
      status: "invited",
    },
    {
      way: "when the interview is reset",
      given: givenAborted,
      take: (interviewId: InterviewId) => staff().interview.reset.mutate({ interviewId, deadlineAt: newer() }),
      status: "confirmed",
    },
  ];

  test.each(ways)("$way", async ({ given, take, status }) => {
    const { email, interview } = await given();
    const interviewId = interview.id;
    const older = await newestToken(email);
    await take(interviewId);
    const token = await newestToken(email);
    expect(token).not.toBe(older);

    const purpose = "interview_invitation";
    const { openLink, useLink } = anteroom().identity;
    expect(await openLink.query({ token: older })).toEqual({ purpose, alive: false });
    expect(await refusalOf(useLink.mutate({ token: older }))).toMatchObject({ reason: "link_dead", code: "NOT_FOUND" });
    expect(await openLink.query({ token })).toEqual({ purpose, alive: true });
    const came = await useLink.mutate({ token });
    expect(came).toMatchObject({ kind: "candidate", interviewId });
    expect(await anteroom(came.token).interview.own.query({ interviewId })).toMatchObject({ status });
    const { links } = await staff().invitation.show.query({ interviewId });
    expect(links.map(({ revokedAt }) => revokedAt === null)).toEqual([true, false]);
  });

  test("however often it is sent again: of all of them one is alive", async () => {
    const { email, interview } = await givenInvited(house, project);
    const tokens = [await newestToken(email)];
    for (let sent = 0; sent < 4; sent += 1) {
      await house.owner.client.invitation.resend.mutate({ interviewId: interview.id });
      tokens.push(await newestToken(email));
    }
    const opened = await Promise.all(tokens.map((token) => anteroom().identity.openLink.query({ token })));
    expect(opened.map(({ alive }) => alive)).toEqual([false, false, false, false, true]);
  });
});

/** All that is written down about an interview; of its letters only which there are, since they are delivered meanwhile. */
async function everythingOf(interviewId: InterviewId): Promise<string> {
  const stands = await database().read({
    row: all(build.select().from(interview).where(eq(interview.id, interviewId))),
    events: all(
      build.select().from(interviewEvent).where(eq(interviewEvent.interviewId, interviewId)).orderBy(interviewEvent.id),
    ),
    answers: all(
      build
        .select()
        .from(interviewAnswer)
        .where(eq(interviewAnswer.interviewId, interviewId))
        .orderBy(interviewAnswer.run, interviewAnswer.position),
    ),
    letters: all(
      build
        .select({ id: letter.id, content: letter.content })
        .from(letter)
        .where(eq(letter.interviewId, interviewId))
        .orderBy(letter.id),
    ),
    candidate: raw(
      sql`select * from candidate where id = (select candidate_id from interview where id = ${interviewId})`,
      (rows) => rows,
    ),
  });
  return JSON.stringify(stands);
}

describe("an interview that is over is looked at by its candidate, and nothing else:", () => {
  /** Their own record stays theirs to keep right, whatever became of an interview; of recordings and offered times test/recording and test/slot tell. */
  const isAboutInterviews = ({ path }: { path: string }) =>
    !/^(candidate|offer|recording|refcheck|reference)\./.test(path);
  const offered = procedures.filter(
    (one) => one.type === "mutation" && one.meta.for === "candidate" && isAboutInterviews(one),
  );

  /** What each call would be right with if the interview were going on. */
  const inputs: Readonly<Record<string, object>> = {
    "interview.confirm": { password: "eight brown bears in a wood" },
    "interview.start": {},
    "interview.finish": {},
    "interview.abort": {},
    "interview.keepAlive": {},
    "answer.openStep": {},
    "answer.save": { answer: { kind: "text", text: "the coffee" }, submit: true },
  };

  const inputFor = (path: string, interviewId: InterviewId) => ({
    interviewId,
    ...(path === "answer.save" && { stepId: project.steps[0]?.id }),
    ...inputs[path],
  });

  test("the calls tried here are all that a candidate can change anything by", () => {
    expect(offered.map(({ path }) => path).sort()).toEqual(Object.keys(inputs).sort());
  });

  test.each([
    { status: "expired", given: givenExpired },
    { status: "aborted", given: givenAborted },
  ])("$status", async ({ status, given }) => {
    const { email, interview } = await given();
    const interviewId = interview.id;
    const { token } = await anteroom().identity.useLink.mutate({ token: await newestToken(email) });
    const client = anteroom(token);
    const before = await everythingOf(interviewId);
    expect(await client.interview.own.query({ interviewId })).toMatchObject({ status, availableActions: [] });
    expect((await client.interview.listOwn.query({})).items).toMatchObject([{ id: interviewId, status }]);
    expect(await client.answer.room.query({ interviewId })).toMatchObject({ status, open: null, endsAt: null });
    for (const procedure of offered) {
      const { path } = procedure;
      const { outcome, code, facts, data } = await ask(procedure, inputFor(path, interviewId), token);
      // A sign of life is no step: it is told how things stand.
      if (path === "interview.keepAlive") {
        expect(data).toEqual({ interviewId, status, endsAt: null, presence: null });
        continue;
      }
      expect({ path, outcome, code, facts }).toMatchObject({
        ...{ path, outcome: "illegal_step", code: "CONFLICT", facts: { from: status, allowed: [] } },
      });
    }
    expect(await everythingOf(interviewId)).toBe(before);
  });

  test("the same calls go well, and are seen to write, while it is going on", async () => {
    const { interview, token } = await givenInvited(house, project);
    const interviewId = interview.id;
    const inOrder = [
      ...["interview.confirm", "interview.start", "interview.keepAlive"],
      ...["answer.openStep", "answer.save", "interview.abort"],
    ];
    let before = await everythingOf(interviewId);
    for (const path of inOrder) {
      vi.setSystemTime(Date.now() + 1_000);
      for (const procedure of offered.filter((one) => one.path === path)) {
        const { outcome } = await ask(procedure, inputFor(path, interviewId), token);
        expect({ path, outcome }).toEqual({ path, outcome: "ok" });
      }
      const now = await everythingOf(interviewId);
      expect(now === before, `${path} writes something`).toBe(false);
      before = now;
    }
  });
});
