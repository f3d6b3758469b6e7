// The same histories that the plan is checked by, on the real database: what is stored of an interview's timers, which alarm is set and
// which reminders are promised are the model's after everything that happens.
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { Database } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import {
  accommodate,
  advanceInterview,
  resetInterview,
  restoreInterview,
  scheduleInvitation,
  setDeadline,
  skipInterview,
  tendInterview,
} from "../../src/interview/actions.ts";
import type { Verb } from "../../src/interview/machine.ts";
import { dayMs, minuteMs, after as plus } from "../../src/kernel/clock.ts";
import { forEachOf } from "../../src/kernel/crowd.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import { Refused } from "../../src/kernel/errors.ts";
import { newId } from "../../src/kernel/ids.ts";
import type { CandidateScope, MemberScope } from "../../src/kernel/scope.ts";
import { abortInterview, confirmInterview, finishInterview, startInterview } from "../../src/visit/actions.ts";
import { memberScopeOf } from "../deadline/ledger.ts";
import { insertMany } from "../support/many.ts";
import { together } from "../support/together.ts";
import { database, givenOrganization, type House, systemDeps } from "../support/world.ts";
import {
  begun,
  easedBy,
  type Happening,
  type History,
  happened,
  histories,
  model,
  type Play,
  periodMs,
} from "./model.ts";

const count = 800;
const lengthMax = 9;
const atOnce = 100;

let house: House;
beforeAll(async () => {
  house = await givenOrganization();
});

type Case = {
  readonly history: History;
  readonly id: `itv_${string}`;
  readonly projectId: `prj_${string}`;
  readonly candidateId: `cnd_${string}`;
};

/** Each is new, in a project of its own with nothing to answer, and in a candidate's own zone. */
async function arranged(all: readonly History[]): Promise<Case[]> {
  const cases = all.map((history) => ({
    ...{ history, id: newId("itv"), projectId: newId("prj"), candidateId: newId("cnd") },
  }));
  const common = ({ history }: Case) => ({
    organization_id: house.organization.id,
    created_at: history.now.getTime() - dayMs,
  });
  await database().write([
    ...insertMany(
      "project",
      cases.map((one) => ({
        ...{
          ...common(one),
          id: one.projectId,
          name: "Timed",
          name_folded: "timed",
          kind: "interview",
          status: "active",
          description: "",
        },
        ...{ language: "en", default_interview_period_seconds: periodMs / 1_000, revision: 1, labels: "[]" },
        max_interview_seconds: one.history.rules.maxInterviewSeconds,
        interruption_grace_seconds: one.history.rules.interruptionGraceSeconds,
        reminder_hours: JSON.stringify(one.history.rules.reminderHours),
        deadline_applies_to: one.history.rules.deadlineAppliesTo,
        ...{ password_required: 0, veto_enabled: 0 },
      })),
    ),
    ...insertMany(
      "project_revision",
      cases.map((one) => ({
        ...{ ...common(one), project_id: one.projectId, revision: 1, steps: "[]", step_count: 0, judged_count: 0 },
      })),
    ),
    ...insertMany(
      "candidate",
      cases.map((one) => ({
        ...{ ...common(one), id: one.candidateId, email: `${one.candidateId}@example.com`, email_status: "ok" },
        ...{ first_name: "Cleo", last_name: "Candidate", language: "en", time_zone: one.history.rules.timeZone },
      })),
    ),
    ...insertMany(
      "interview",
      cases.map((one) => ({
        ...{ ...common(one), id: one.id, project_id: one.projectId, candidate_id: one.candidateId, revision: 1 },
        ...{ status: "new", version: 1, run: 0, labels: "[]", name: "cleo candidate", email: "cleo@example.com" },
        opens_at: begun(one.history).world.state.opensAt?.getTime() ?? null,
      })),
    ),
  ]);
  return cases;
}

/** What alarms are set, by the interview; and the deps of an action at this instant, by whose afterwards they are. */
function clockwork(db: Database) {
  const alarms = new Map<string, number | null>();
  const never = async () => undefined;
  const set = {
    ...{ settleDue: never, drainOutbox: never, wakeOutbox: never },
    set: async (id: string, at: Date | null) => void alarms.set(id, at?.getTime() ?? null),
  };
  const base = systemDeps({ db, alarms: set });
  /** Answers once what was left for afterwards is done too. */
  async function at(now: Date, work: (deps: Deps) => Promise<unknown>): Promise<void> {
    const left: Promise<unknown>[] = [];
    const deps: Deps = {
      ...base,
      now: () => now,
      afterwards: (what, later) => {
        if (what === "arm_deadline") left.push(later(deps));
      },
    };
    await work(deps).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
    });
    await Promise.all(left);
  }
  return { alarms, at };
}

type Step = Happening & { readonly kind: "step" };
type Take = (deps: Deps, one: Case, step: Step, ahead: Date) => Promise<unknown>;

function takenBy(): Readonly<Record<Exclude<Verb, "expire">, Take>> {
  const member: MemberScope = memberScopeOf(house);
  const candidate = ({ id, candidateId }: Case): CandidateScope => ({
    ...{ kind: "candidate", sessionId: newId("ses"), organizationId: house.organization.id },
    ...{ candidateId, interviewId: id, refcheckId: null, offerId: null },
  });
  const visit =
    (act: (deps: Deps, scope: CandidateScope, input: { interviewId: Case["id"] }) => Promise<unknown>): Take =>
    (deps, one) =>
      act(deps, candidate(one), { interviewId: one.id });
  const why = undefined;
  return {
    invite: (deps, { id: interviewId }) => advanceInterview(deps, member, { interviewId }),
    schedule: (deps, { id: interviewId }, _, inviteAt) => scheduleInvitation(deps, member, { interviewId, inviteAt }),
    set_deadline: (deps, { id: interviewId }, _, deadlineAt) => setDeadline(deps, member, { interviewId, deadlineAt }),
    restore: (deps, { id: interviewId }, _, deadlineAt) =>
      restoreInterview(deps, member, { interviewId, deadlineAt, why }),
    reset: (deps, { id: interviewId }, _, deadlineAt) => resetInterview(deps, member, { interviewId, deadlineAt, why }),
    skip: (deps, { id: interviewId }) => skipInterview(deps, member, { interviewId, why }),
    accommodate: (deps, { id: interviewId }, { aheadMinutes }) =>
      accommodate(deps, member, { interviewId, why: "They asked.", ...easedBy(aheadMinutes) }),
    confirm: visit(confirmInterview),
    start: visit(startInterview),
    finish: visit(finishInterview),
    abort: visit(abortInterview),
  };
}

type Clockwork = ReturnType<typeof clockwork>;

/** Has it happen to the real one. */
async function real(one: Case, next: Happening, play: Play, { at, alarms }: Clockwork, by: ReturnType<typeof takenBy>) {
  switch (next.kind) {
    case "pass":
      for (const ring of play.rings) {
        await at(ring, async (deps) => {
          // A timer that hears of nothing more to come clears itself.
          if ((await tendInterview(deps, one.id)) === null) alarms.set(one.id, null);
        });
      }
      return;
    case "step": {
      const { verb } = next;
      const { now } = play.world;
      if (verb !== "expire")
        await at(now, (deps) => by[verb](deps, one, next, plus(now, next.aheadMinutes * minuteMs)));
      return;
    }
    default:
      return;
  }
}

/** Whoever edits a project or their own record. */
function edited(cases: readonly Case[], turn: number) {
  const rows = (kind: Happening["kind"], of: (one: Case, next: Happening) => unknown[]) =>
    sql`json_each(${JSON.stringify(
      cases.flatMap((one) => {
        const next = one.history.happenings[turn];
        return next?.kind === kind ? [of(one, next)] : [];
      }),
    )})`;
  const zones = rows("move", ({ candidateId }, next) => [candidateId, "timeZone" in next ? next.timeZone : ""]);
  const hours = rows("hours", ({ projectId }, next) => [
    ...[projectId, JSON.stringify("reminderHours" in next ? next.reminderHours : [])],
  ]);
  return [
    raw(
      sql`update candidate set time_zone = one.value ->> 1 from ${zones} as one where candidate.id = one.value ->> 0`,
      () => undefined,
    ),
    raw(
      sql`update project set reminder_hours = one.value ->> 1 from ${hours} as one where project.id = one.value ->> 0`,
      () => undefined,
    ),
  ];
}

async function stands(cases: readonly Case[], { alarms }: Clockwork): Promise<Map<string, string>> {
  const ids = sql`(select value from json_each(${JSON.stringify(cases.map(({ id }) => id))}))`;
  const { rows } = await database().read({
    rows: raw(
      sql`select id, status, deadline_at, invite_at, remind_at, due_at, due_verb,
        (select group_concat(created_at) from (select created_at from letter where interview_id = interview.id and content ->> '$.kind' = 'interview_reminder' order by created_at))
        from interview where id in ${ids}`,
      (found) => found.map(([id, ...cells]) => [String(id), cells] as const),
    ),
  });
  return new Map(rows.map(([id, cells]) => [id, JSON.stringify([...cells, alarms.get(id) ?? null])]));
}

function shouldStand({ world: { state }, kept, sent }: Play): string {
  const time = (at: Date | null | undefined) => at?.getTime() ?? null;
  const { status, deadlineAt, inviteAt, dueAt, dueVerb } = state;
  const reminders = sent.length === 0 ? null : sent.map(({ at }) => at.getTime()).join();
  const wakeAt = inviteAt ?? kept?.at ?? dueAt;
  return JSON.stringify([
    ...[status, time(deadlineAt), time(inviteAt), time(kept?.at), time(dueAt), dueVerb],
    ...[reminders, time(wakeAt)],
  ]);
}

/** What is not the model's after each happening, in words; and what the model has come to. */
async function differences(all: readonly History[], db: Database) {
  const cases = await arranged(all);
  const clock = clockwork(together(db));
  const by = takenBy();
  const plays = new Map(cases.map((one) => [one.id, begun(one.history)]));
  const found: string[] = [];
  for (let turn = 0; turn < lengthMax; turn += 1) {
    await database().write(edited(cases, turn));
    await forEachOf(cases, atOnce, async (one) => {
      const [play, next] = [plays.get(one.id), one.history.happenings[turn]];
      if (!play || !next) return;
      const after = happened(play, next, one.history.lateMs, model);
      plays.set(one.id, after);
      await real(one, next, after, clock, by);
    });
    const now = await stands(cases, clock);
    for (const one of cases) {
      const play = plays.get(one.id);
      const should = play && shouldStand(play);
      if (now.get(one.id) === should) continue;
      found.push(`turn ${turn} (${JSON.stringify(one.history)}): ${now.get(one.id)}, not ${should}`);
    }
    // What went wrong once stays wrong: the first is what to look at.
    if (found.length > 0) break;
  }
  return { found, plays: [...plays.values()] };
}

const seed = Date.now() % 2 ** 31;
const sample = (numRuns: number, nth: number) => fc.sample(histories(lengthMax), { numRuns, seed: seed + nth });

test(`in ${count} random histories what is stored, which alarm is set and which reminders are promised are the model's`, {
  timeout: 240_000,
}, async () => {
  const { found, plays } = await differences(sample(count, 0), database());
  expect(found.slice(0, 3), `seed ${seed}`).toEqual([]);
  // The histories are worth something: reminders went out, and steps of nearly every kind were taken.
  expect(plays.flatMap(({ sent }) => sent).length).toBeGreaterThan(count / 10);
  expect(new Set(plays.flatMap((play) => play.taken)).size).toBeGreaterThanOrEqual(9);
});

const keepsReminder = /"remind_at" = \?(, "remind_hours" = \?)/;

/** The same database, in which a step leaves the next reminder as it was. */
const forgetful = (db: Database): Database => ({
  ...db,
  write: (sentence) =>
    db.write(
      sentence.map((one) =>
        one.sql.startsWith('update "interview" set "status"')
          ? { ...one, sql: one.sql.replace(keepsReminder, '"remind_at" = coalesce(remind_at, ?)$1') }
          : one,
      ),
    ) as never,
});

test("saboteur: a step that leaves the reminder as it was is found", { timeout: 120_000 }, async () => {
  const { found } = await differences(sample(60, 1), forgetful(database()));
  expect(found.length).toBeGreaterThan(0);
});
