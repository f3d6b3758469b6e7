// What stands in the database and in the timers, and the instants the tests of deadlines turn on.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { and, eq, sql } from "drizzle-orm";
import { expect } from "vitest";
import { interview, interviewEvent, letter } from "../../db/schema/index.ts";
import { all, build, first } from "../../db/statement.ts";
import { hourMs, after as plus } from "../../src/kernel/clock.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import { type InterviewId, newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { database, type House, systemDeps } from "../support/world.ts";

/** Far enough ahead that the runtime's own clock never fires an alarm: each is fired by hand, or stays lost. */
export const noon = new Date("2031-03-03T12:00:00.000Z");
export const deadline = plus(noon, hourMs);

export const timerOf = (interviewId: InterviewId) => env.DEADLINE.getByName(interviewId);

/** When the alarm will fire, and how much the timer keeps. */
export const alarmOf = (interviewId: InterviewId) =>
  runInDurableObject(timerOf(interviewId), async (_, { storage }) => ({
    at: await storage.getAlarm(),
    keeps: (await storage.list()).size,
  }));

export async function rowOf(interviewId: InterviewId) {
  const { row } = await database().read({
    row: first(build.select().from(interview).where(eq(interview.id, interviewId))),
  });
  if (!row) throw new Error("the interview exists");
  return row;
}

/** What happened, in order; fails when a version is missing or stands twice. */
export async function verbsOf(interviewId: InterviewId): Promise<string[]> {
  const { events } = await database().read({
    events: all(
      build
        .select()
        .from(interviewEvent)
        .where(eq(interviewEvent.interviewId, interviewId))
        .orderBy(interviewEvent.version),
    ),
  });
  expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1));
  return events.map(({ verb }) => verb);
}

export async function lettersOf(interviewId: InterviewId, kind: string) {
  const { letters } = await database().read({
    letters: all(
      build
        .select()
        .from(letter)
        .where(and(eq(letter.interviewId, interviewId), sql`json_extract(${letter.content}, '$.kind') = ${kind}`)),
    ),
  });
  return letters;
}

export function memberScopeOf({ owner, organization }: House): MemberScope {
  const { userId, memberId, access } = owner;
  return { kind: "member", sessionId: newId("ses"), userId, organizationId: organization.id, memberId, access };
}

/** What is left for afterwards is done with the same deps, or never. */
export function depsThat(over: Partial<Deps>, afterwards: "run" | "drop" = "run") {
  const waiting: Promise<unknown>[] = [];
  const deps: Deps = {
    ...systemDeps(),
    ...over,
    afterwards: (_, work) => {
      if (afterwards === "run") waiting.push(work(deps).catch(() => undefined));
    },
  };
  return { deps, done: () => Promise.all(waiting) };
}
