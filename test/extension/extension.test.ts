// More time for everybody in a project who still has something to do: once each, never less, whatever interrupts the work.
import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../db/database.ts";
import { interview } from "../../db/schema/index.ts";
import { all, build, raw } from "../../db/statement.ts";
import { resumeExtensions, startExtension, workOn } from "../../src/extension/actions.ts";
import type { StepIn } from "../../src/extension/contract.ts";
import { dayMs, hourMs, after as plus } from "../../src/kernel/clock.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import { type ExtensionId, newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { makeLate, newInterview, type Standing } from "../support/stage.ts";
import {
  database,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  type Member,
  newEmail,
  refusalOf,
  systemDeps,
} from "../support/world.ts";

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;
beforeEach(async () => {
  house ??= await givenOrganization();
  project = await givenProject(house);
});

const api = () => house.owner.client.extension;
const later = { to: "later", bySeconds: 3_600 } as const;

/** Interviews in a row, put there without letters. Ids rise with the number. */
async function givenMany(count: number, deadlineAt = plus(new Date(), dayMs)): Promise<void> {
  const { id: organizationId } = house.organization;
  const prefix = project.id.slice(-22);
  const numbers = sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})`;
  const createdAt = Date.now() - count;
  await database().write([
    raw(
      sql`insert into candidate (id, organization_id, email, first_name, last_name, language, time_zone, created_at)
        ${numbers} select 'cnd_' || ${prefix} || printf('%010x', i), ${organizationId}, i || ${newEmail("many")}, 'N', 'N', 'en', 'UTC', i from n`,
      () => 0,
    ),
    raw(
      sql`insert into interview (id, organization_id, project_id, candidate_id, revision, status, version, run, labels, name, email, created_at, deadline_at, due_at, due_verb)
        ${numbers} select 'itv_' || ${prefix} || printf('%010x', i), ${organizationId}, ${project.id}, 'cnd_' || ${prefix} || printf('%010x', i), 2, 'invited', 2, 0, '[]', 'n', 'n', ${createdAt} + i / 3, ${deadlineAt.getTime()}, ${deadlineAt.getTime()}, 'expire' from n`,
      () => 0,
    ),
  ]);
}

async function deadlines(): Promise<Map<string, number | null>> {
  const { rows } = await database().read({
    rows: all(
      build
        .select({ id: interview.id, deadlineAt: interview.deadlineAt })
        .from(interview)
        .where(eq(interview.projectId, project.id)),
    ),
  });
  return new Map(rows.map(({ id, deadlineAt }) => [id, deadlineAt?.getTime() ?? null]));
}

const started = (by: StepIn = later) => api().start.mutate({ projectId: project.id, by, why: "The café flooded." });

/** Deps that leave nothing for afterwards. */
const quiet = (over: Partial<Deps> = {}): Deps => ({ ...systemDeps(over), afterwards: () => undefined });

function scopeOf({ userId, memberId, access }: Member): MemberScope {
  return { kind: "member", sessionId: newId("ses"), userId, organizationId: house.organization.id, memberId, access };
}

/** One that was begun, and that nobody but the test works on. */
const held = (member: Member = house.owner) =>
  startExtension(quiet(), scopeOf(member), { projectId: project.id, by: later });

/** As much of it as is done before whoever works on it is cut off from the database, in the course of this write. */
async function cutOff(extensionId: ExtensionId, { crowd, atWrite, isHeard }: Cut): Promise<void> {
  const { db, ...deps } = quiet();
  let writes = 0;
  const write: Database["write"] = async (statements) => {
    writes += 1;
    if (writes < atWrite) return db.write(statements);
    if (isHeard) await db.write(statements);
    throw new Error("cut off");
  };
  await workOn({ ...deps, db: { ...db, write } }, extensionId, crowd).catch(() => undefined);
}

type Cut = { readonly crowd: number; readonly atWrite: number; readonly isHeard: boolean };

const finished = (extensionId: `ext_${string}`) =>
  expect.poll(() => api().get.query({ extensionId }), { timeout: 10_000 }).toMatchObject({ status: "finished" });

describe("an extension", () => {
  test("moves what is open, tells each history why, and leaves everything else alone", async () => {
    const standings: readonly Standing[] = [
      "new",
      "invited",
      "confirmed",
      "interviewing",
      "interviewed",
      "aborted",
      "expired",
    ];
    const ids = new Map<string, Standing>();
    for (const standing of standings) ids.set((await newInterview(house, project.id, standing)).interviewId, standing);
    const { interviewId: late } = await newInterview(house, project.id, "confirmed");
    await makeLate(late);
    const before = await deadlines();

    const preview = await api().preview.query({ projectId: project.id, by: later });
    expect(preview).toMatchObject({ open: { count: 3, isCapped: false }, moves: { count: 3 } });
    expect(preview.examples).toHaveLength(3);
    expect(await deadlines()).toEqual(before);

    const job = await started();
    expect(job).toMatchObject({ status: "running", open: { count: 3 }, moved: 0, by: later });
    await finished(job.id);
    expect(await api().get.query({ extensionId: job.id })).toMatchObject({ moved: 3, endedAt: expect.any(Date) });
    const now = await deadlines();
    for (const [id, standing] of ids) {
      const isOpen = standing === "invited" || standing === "confirmed" || standing === "interviewing";
      const was = before.get(id) ?? null;
      expect({ standing, deadline: now.get(id) }).toEqual({ standing, deadline: isOpen ? (was ?? 0) + hourMs : was });
      if (!isOpen) continue;
      const { items } = await house.owner.client.interview.events.query({ interviewId: id as `itv_${string}` });
      expect(items.at(-1)).toMatchObject({
        verb: "set_deadline",
        actorId: house.owner.memberId,
        why: "The café flooded.",
      });
    }
    expect(now.get(late)).toBe(before.get(late));
    const { items } = await api().list.query({ projectId: project.id });
    expect(items).toHaveLength(1);
  });

  test("to one instant gives nobody less than they have", async () => {
    const [short, long] = [await newInterview(house, project.id), await newInterview(house, project.id)];
    const setDeadline = house.owner.client.interview.setDeadline;
    const [soon, far] = [plus(new Date(), hourMs), plus(new Date(), 30 * dayMs)];
    await setDeadline.mutate({ interviewId: short.interviewId, deadlineAt: soon });
    await setDeadline.mutate({ interviewId: long.interviewId, deadlineAt: far });
    const deadlineAt = plus(new Date(), 3 * dayMs);
    const by = { to: "instant", deadlineAt } as const;
    expect(await api().preview.query({ projectId: project.id, by })).toMatchObject({
      ...{ open: { count: 2 }, moves: { count: 1 } },
      examples: [{ interviewId: short.interviewId, before: soon, after: deadlineAt }],
    });
    const { id } = await started(by);
    await finished(id);
    expect(await api().get.query({ extensionId: id })).toMatchObject({ moved: 1, leftAlone: 1 });
    const now = await deadlines();
    expect([now.get(short.interviewId), now.get(long.interviewId)]).toEqual([deadlineAt.getTime(), far.getTime()]);
    const past = { to: "instant", deadlineAt: new Date(0) } as const;
    for (const call of [
      () => api().preview.query({ projectId: project.id, by: past }),
      () => api().start.mutate({ projectId: project.id, by: past }),
    ]) {
      expect((await refusalOf(call())).reason).toBe("deadline_in_past");
    }
  });

  test("is one at a time, can be stopped where it stands, and then another may begin", async () => {
    await givenMany(5);
    const { id } = await held();
    expect((await refusalOf(started())).reason).toBe("extension_running");
    await cutOff(id, { crowd: 2, atWrite: 1, isHeard: true });
    const stopped = await api().cancel.mutate({ extensionId: id });
    expect(stopped).toMatchObject({ status: "canceled", endedWhy: null, moved: 2, leftAlone: 0 });
    expect((await refusalOf(api().cancel.mutate({ extensionId: id }))).reason).toBe("moved_on");
    await workOn(quiet(), id);
    expect(await api().get.query({ extensionId: id })).toEqual(stopped);
    await finished((await started()).id);
    const moved = [...(await deadlines()).values()].map((at) => Math.round(((at ?? 0) - Date.now() - dayMs) / hourMs));
    expect(moved.toSorted()).toEqual([1, 1, 1, 2, 2]);
  });

  test("stops when whoever started it may not any more", async () => {
    await givenMany(4);
    const recruiter = await givenMember(house, "recruiter");
    const { id } = await held(recruiter);
    await cutOff(id, { crowd: 1, atWrite: 1, isHeard: true });
    await house.owner.client.member.remove.mutate({ memberId: recruiter.memberId });
    await workOn(quiet(), id);
    expect(await api().get.query({ extensionId: id })).toMatchObject({
      ...{ status: "canceled", endedWhy: "not_allowed", moved: 1 },
    });
  });
});

describe("the work", () => {
  test("is done once for each, whoever is cut off in the middle of it and however many go on with it", async () => {
    const cut = fc.record({
      crowd: fc.integer({ min: 1, max: 9 }),
      atWrite: fc.integer({ min: 1, max: 4 }),
      isHeard: fc.boolean(),
    });
    const story = fc.record({
      count: fc.integer({ min: 1, max: 40 }),
      rounds: fc.array(fc.array(cut, { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(story, async ({ count, rounds }) => {
        project = await givenProject(house);
        const deadlineAt = plus(new Date(), dayMs);
        await givenMany(count, deadlineAt);
        const { id } = await held();
        for (const workers of rounds) await Promise.all(workers.map((one) => cutOff(id, one)));
        await Promise.all([workOn(quiet(), id, 3), workOn(quiet(), id, 4)]);
        expect(await api().get.query({ extensionId: id })).toMatchObject({
          status: "finished",
          moved: count,
          leftAlone: 0,
        });
        expect([...(await deadlines()).values()]).toEqual(Array(count).fill(deadlineAt.getTime() + hourMs));
        expect(await eventsOfProject()).toEqual({ events: count, interviews: count });
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  test("goes on with the next sweep when its lease is over, and not before", async () => {
    await givenMany(3);
    const { id } = await held();
    await resumeExtensions(quiet());
    expect(await api().get.query({ extensionId: id })).toMatchObject({ status: "running", moved: 0 });
    await resumeExtensions(quiet({ now: () => plus(new Date(), 31_000) }));
    expect(await api().get.query({ extensionId: id })).toMatchObject({ status: "finished", moved: 3 });
  });

  test("ends when the time of one run is up, and says how far it has come", async () => {
    await givenMany(10);
    const { id } = await held();
    let reads = 0;
    const hurried = quiet({ now: () => plus(new Date(), reads++ * 3_000) });
    await workOn(hurried, id, 1);
    const { moved } = await api().get.query({ extensionId: id });
    expect(moved).toBeGreaterThan(0);
    expect(moved).toBeLessThan(10);
  });

  test("takes its time for itself: a crowd of 100 is one read of the job, one of the crowd, and one write", async () => {
    await givenMany(250);
    const { id } = await held();
    const { db, ...deps } = quiet();
    let trips = 0;
    const counted: Database = {
      ...db,
      read: (statements) => db.read(statements).finally(() => (trips += 1)),
      write: (statements) => db.write(statements).finally(() => (trips += 1)),
    };
    await workOn({ ...deps, db: counted }, id);
    expect(trips).toBe(9);
    expect(await api().get.query({ extensionId: id })).toMatchObject({ status: "finished", moved: 250 });
  });

  test("saboteur: work that does not say how far it has come is done twice, and found", async () => {
    await givenMany(6);
    const { id } = await held();
    const { db, ...deps } = quiet();
    // Its own two statements come first.
    const forgetful = ((statements) => db.write(statements.slice(2))) as Database["write"];
    const once = { ...deps, db: { ...db, write: forgetful }, now: ticking() };
    await workOn(once, id, 6);
    await workOn(quiet(), id);
    expect((await eventsOfProject()).events).toBeGreaterThan(6);
  });
});

/** A clock that goes on by ten seconds whenever it is looked at. */
function ticking(): () => Date {
  let looks = 0;
  return () => {
    looks += 1;
    return plus(new Date(), looks * 10_000);
  };
}

async function eventsOfProject() {
  const { found } = await database().read({
    found: raw(
      sql`select count(*), count(distinct e.interview_id) from interview_event e join interview i on i.id = e.interview_id where i.project_id = ${project.id} and e.verb = 'set_deadline'`,
      ([row]) => ({ events: Number(row?.[0]), interviews: Number(row?.[1]) }),
    ),
  });
  return found;
}
