// Who comes late, and who is not theirs: candidates whose numbers are not in the order of their ids, and those of another organization.
import { getTableColumns, sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { organization } from "../../db/schema/index.ts";
import { textTriggers } from "../../db/search.ts";
import { raw } from "../../db/statement.ts";
import { dayMs, minuteMs } from "../../src/kernel/clock.ts";
import { newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { listCandidates, listCandidatesFrom } from "../../src/record/actions.ts";
import { ListCandidates, ListCandidatesFrom } from "../../src/record/contract.ts";
import { database, givenOrganization } from "../support/world.ts";
import { expected, type Given, plain } from "./model.ts";
import { arranged, asker, byId, deps, house, opened, pipelines, projects, roles, walked } from "./people.ts";

beforeAll(opened);

describe("whoever is written after somebody with a higher id", () => {
  const limits = {
    looksMax: 5,
    nearMax: 1,
    countedNearMax: 1,
    searchedMax: 5,
    wholeMax: 100,
    fewMax: 100,
    totalMax: 100,
  };
  const older = { ...plain, name: "Bo", made: -dayMs };
  const bo: Given = { search: "bo po" };
  const lateOnes = async () => {
    const found = sql`select id from candidate where organization_id = ${house.organization.id} and is_late order by id`;
    const { ids } = await database().read({ ids: raw(found, (rows) => rows.map(([id]) => id)) });
    return ids;
  };

  test("is told apart, and found where the list has them", async () => {
    const people = await arranged(
      [older, { ...older, made: 0 }, { ...older, made: -2 * dayMs }, { ...older, made: 0 }, older],
      2,
    );
    expect(await lateOnes()).toEqual(
      people
        .toSorted(byId)
        .slice(0, 2)
        .map(({ id }) => id),
    );
    expect((await walked(0, people, bo, 1, limits)).ids).toEqual(expected(0, people, bo));
    const [, second] = people;
    const renamed = {
      sql: "update candidate set name = 'zed po' where id = ?",
      args: [String(second?.id)],
      read: () => undefined,
    };
    await database().write([renamed]);
    const left = people.map((one) => (one === second ? { ...one, name: "Zed" } : one));
    expect((await walked(0, left, bo, 1, limits)).ids).toEqual(expected(0, left, bo));
  });

  test("is no end of a stretch in which the others are", async () => {
    const ago = [2 * dayMs - minuteMs, dayMs, 60 * minuteMs, 50 * minuteMs, 40 * minuteMs, 0];
    const people = await arranged(
      ago.map((made) => ({ ...older, made: -made })),
      1,
    );
    for (const asked of [{ ...bo, createdFrom: -2 * dayMs }, bo, { ...bo, createdFrom: dayMs }])
      expect((await walked(0, people, asked, 1, { ...limits, nearMax: 2 })).ids).toEqual(expected(0, people, asked));
  });

  test("saboteur: with nobody told apart, somebody is missed", async () => {
    const name = "candidate_insert_found";
    const own = textTriggers.get(name) ?? "";
    const blind = own.replace(/update candidate set is_late[^;]*;/, "");
    expect(blind).not.toBe(own);
    const change = (text: string) => database().write([raw(sql.raw(text), () => undefined)]);
    await change(`drop trigger ${name}`);
    await change(blind);
    try {
      const people = await arranged([{ ...older, made: 0 }, older], 1);
      expect(await lateOnes()).toEqual([]);
      const short = { ...limits, searchedMax: 1 };
      expect((await walked(0, people, bo, 1, short)).ids).not.toEqual(expected(0, people, bo));
    } finally {
      await change(`drop trigger ${name}`);
      await change(own);
    }
  });
});

describe("another organization", () => {
  test("is told nothing by its ids, not even where a page stops or that there may be more", async () => {
    const everywhere = { ...plain, made: 0, interviews: [0], refchecks: [0], stages: [0, null] } as const;
    await arranged(Array.from({ length: 4 }, () => everywhere));
    const stranger = await givenOrganization();
    const { userId, memberId, access } = stranger.owner;
    const of = { userId, memberId, access, organizationId: stranger.organization.id };
    const scope: MemberScope = { kind: "member", sessionId: newId("ses"), ...of };
    const limits = {
      looksMax: 1,
      nearMax: 1,
      countedNearMax: 1,
      searchedMax: 1,
      wholeMax: 1,
      fewMax: 1,
      totalMax: 100,
    };
    const [pipeline] = pipelines;
    const stageId = pipeline.stages[0]?.id;
    for (const filter of [
      { projectId: projects[0].id },
      { roleId: roles[0].id },
      { pipelineId: pipeline.id },
      { stageId },
    ]) {
      const nothing = { items: [], nextCursor: null };
      const page = ListCandidates.parse(filter);
      expect([filter, await listCandidates(deps(database()), scope, page, limits)]).toEqual([filter, nothing]);
      const none = { items: [], total: 0, isTotalCapped: false };
      const numbered = ListCandidatesFrom.parse(filter);
      expect([filter, await listCandidatesFrom(deps(database()), scope, numbered, limits)]).toEqual([filter, none]);
      const own = await listCandidates(deps(database()), asker(0), page, limits);
      expect([filter, own.nextCursor]).not.toEqual([filter, null]);
    }
  });

  test("that shares the signs by which the index knows an organization is neither found nor where a page ends", async () => {
    const { id } = house.organization;
    const twinId = `${newId("org").slice(0, -6)}${id.slice(-6)}`;
    const columns = Object.values(getTableColumns(organization)).map(({ name }) => name);
    const own: Readonly<Record<string, string>> = { id: twinId, slug: `twin-${twinId.slice(4)}` };
    const cells = columns.map((name) => (own[name] === undefined ? sql.identifier(name) : sql`${own[name]}`));
    const names = sql.join(
      columns.map((name) => sql.identifier(name)),
      sql`, `,
    );
    const twin = sql`insert into organization (${names}) select ${sql.join(cells, sql`, `)} from organization where id = ${id}`;
    const bos = Array.from({ length: 6 }, (_, nth) => ({ ...plain, name: "Bo", made: -nth * minuteMs }));
    const people = await arranged(bos, 0);
    const rows = sql`select 'cnd_00' || substr(id, 7), ${twinId}, email, first_name, last_name, name, language, time_zone, created_at from candidate where organization_id = ${id} order by id`;
    const doubled = sql`insert into candidate (id, organization_id, email, first_name, last_name, name, language, time_zone, created_at) ${rows}`;
    await database().write([raw(twin, () => undefined), raw(doubled, () => undefined)]);
    const limits = {
      looksMax: 1,
      nearMax: 1,
      countedNearMax: 1,
      searchedMax: 2,
      wholeMax: 1,
      fewMax: 1,
      totalMax: 100,
    };
    const asked: Given = { search: "bo po", status: "APPLIED" };
    const ids = new Set<string>(people.map(({ id: one }) => one));
    let cursor: string | undefined;
    const found: string[] = [];
    do {
      const input = ListCandidates.parse({ ...asked, size: 2, ...(cursor && { cursor }) });
      const { items, nextCursor } = await listCandidates(deps(database()), asker(0), input, limits);
      found.push(...items.map((one) => one.id));
      cursor = nextCursor ?? undefined;
      const [, stoppedAt] = cursor ? JSON.parse(Buffer.from(cursor, "base64url").toString()) : [];
      if (cursor) expect(ids).toContain(stoppedAt);
    } while (cursor);
    expect(found).toEqual(expected(0, people, asked));
  });
});
