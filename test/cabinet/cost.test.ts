// What a page of refchecks costs, as the database counts it: rows read. The same number however large the organization, whatever is asked for.
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { raw } from "../../db/statement.ts";
import { listRefchecks } from "../../src/cabinet/store.ts";
import { dayMs, minuteMs } from "../../src/kernel/clock.ts";
import { newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { ListRefchecks } from "../../src/refcheck/contract.ts";
import { refcheckStatuses } from "../../src/refcheck/machine.ts";
import { givenRole } from "../support/refcheck.ts";
import { rowsRead } from "../support/rows-read.ts";
import { database, givenMember, givenOrganization, type House, type Member } from "../support/world.ts";

const now = new Date("2031-03-03T12:00:00.000Z");
const madeAt = (nth: number) => now.getTime() - 30 * dayMs + nth * minuteMs;
const sizes = { small: 400, large: 2_000 };
const limits = { looksMax: 20, lateMax: 10 };
const most = 1.2;

type Role = Awaited<ReturnType<typeof givenRole>>;
type Scene = {
  readonly count: number;
  readonly house: House;
  /** A hiring manager of both teams. */
  readonly manager: Member;
  readonly many: Role;
  readonly few: Role;
};
let scenes: Readonly<Record<keyof typeof sizes, Scene>>;

/** As many of each are rare, however large, and of the other role; the others have every status by turns, or are late where `late` says so. */
async function arranged(count: number): Promise<Scene> {
  const house = await givenOrganization();
  const { team } = house.owner.client;
  const { id: teamId } = await team.create.mutate({ name: "Night shift" });
  const [many, few] = [await givenRole(house), await givenRole(house, { teamId })];
  const manager = await givenMember(house, "hiring_manager");
  await team.addMember.mutate({ teamId, memberId: manager.memberId });
  const organizationId = house.organization.id;
  const rows = sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count}),
    r as (select i, printf('%012x', ${madeAt(0)} + i * ${minuteMs}) || ${organizationId.slice(-16)} || printf('%04x', i) as tail, i % ${count / 10} = 0 as is_rare from n)`;
  const status = sql`json_extract(${JSON.stringify(refcheckStatuses)}, '$[' || (iif(is_rare, i * 10 / ${count}, i) % ${refcheckStatuses.length}) || ']')`;
  await database().write([
    raw(
      sql`insert into candidate (id, organization_id, email, first_name, last_name, language, time_zone, created_at)
        ${rows} select 'cnd_' || tail, ${organizationId}, i || '@example.com', 'N', 'N', 'en', 'UTC', i from r`,
      () => undefined,
    ),
    raw(
      sql`insert into refcheck (id, organization_id, role_id, team_id, candidate_id, revision, references_required, references_optional, relationships, complete_within_days, answers_shared, status, progress, version, deadline_at, reminders, name, email, created_at, created_by)
        ${rows} select 'rck_' || tail, ${organizationId}, iif(is_rare, ${few.id}, ${many.id}), iif(is_rare, ${few.teamId}, ${many.teamId}), 'cnd_' || tail, 1, 1, 0, '[]', 14, 0,
          ${status}, iif(${status} = 'needs_attention', 'in_progress', ${status}), 1, iif(is_rare, ${now.getTime()} - 1, ${now.getTime()} + i * 1000), 0, iif(is_rare, 'quetzal', 'ana'), i || '@example.com', ${madeAt(0)} + i * ${minuteMs}, ${house.owner.memberId} from r`,
      () => undefined,
    ),
  ]);
  return { count, house, manager, many, few };
}

beforeAll(async () => {
  scenes = { small: await arranged(sizes.small), large: await arranged(sizes.large) };
});

/** All that waits is late; or again only what is rare. */
async function makeLate(isEverything: boolean): Promise<void> {
  const by = isEverything ? -90 * dayMs : 90 * dayMs;
  await database().write([
    raw(sql`update refcheck set deadline_at = deadline_at + ${by} where name = 'ana'`, () => undefined),
  ]);
}

type Filter = (scene: Scene) => object;
const looks: Readonly<Record<string, Filter>> = {
  "nothing else": () => ({}),
  "a part many have in their names": () => ({ search: "ana" }),
  "a part few have in their names": () => ({ search: "quetzal" }),
  "a part nobody has": () => ({ search: "nobody" }),
  "when they were made, as many were": ({ count }) => ({ createdTo: new Date(madeAt(count * 0.9)) }),
  "when they were made, as nobody was": () => ({ createdFrom: new Date(madeAt(10_000)) }),
  both: ({ count }) => ({ createdTo: new Date(madeAt(count * 0.9)), search: "nobody" }),
};
const places: Readonly<Record<string, Filter>> = {
  "the organization": () => ({}),
  "a role of many": ({ many }) => ({ roleId: many.id }),
  "a role of few": ({ few }) => ({ roleId: few.id }),
  "a team of many": ({ many }) => ({ teamId: many.teamId }),
  "a team of few": ({ few }) => ({ teamId: few.teamId }),
  "a role of another team": ({ many, few }) => ({ roleId: many.id, teamId: few.teamId }),
};

function statementsFor(scene: Scene, who: "owner" | "manager", input: object, before: string | null) {
  const { memberId, userId, access } = who === "owner" ? scene.house.owner : scene.manager;
  const organizationId = scene.house.organization.id;
  const scope: MemberScope = { kind: "member", sessionId: newId("ses"), userId, organizationId, memberId, access };
  return Object.values(
    listRefchecks(scope, { input: ListRefchecks.parse({ size: 5, ...input }), before, now, ...limits }),
  );
}

const middleOf = ({ count }: Scene) =>
  `rck_${madeAt(count / 2)
    .toString(16)
    .padStart(12, "0")}`;

/** What the same page takes of the large organization, where of the small one it takes 1. */
async function timesAsMany(of: (scene: Scene) => Parameters<typeof rowsRead>[0]): Promise<number> {
  const [fewer, more] = await Promise.all([rowsRead(of(scenes.small)), rowsRead(of(scenes.large))]);
  return more / fewer;
}

async function dearOnes(place: Filter): Promise<string[]> {
  const dear: string[] = [];
  for (const status of [undefined, ...refcheckStatuses]) {
    for (const [name, look] of Object.entries(looks)) {
      for (const who of ["owner", "manager"] as const) {
        for (const from of [() => null, middleOf]) {
          const times = await timesAsMany((scene) =>
            statementsFor(scene, who, { ...place(scene), ...(status && { status }), ...look(scene) }, from(scene)),
          );
          if (times > most) dear.push(`${who}, ${status}, ${name}, ${from.name}: ${times}`);
        }
      }
    }
  }
  return dear;
}

describe("a page reads no more of a large organization than of a small one, first or later, by whatever is looked at", () => {
  test.each(Object.entries(places))("in %s, by every status", async (_, place) => {
    expect(await dearOnes(place)).toEqual([]);
  });

  test("where all that waits is late and nobody has written it down", async () => {
    await makeLate(true);
    expect(await dearOnes(() => ({}))).toEqual([]);
    await makeLate(false);
  });
});

test("saboteur: a walk without an end is seen", async () => {
  const unbounded = { ...limits, looksMax: 100_000 };
  const times = await timesAsMany(({ house }) => {
    const { memberId, userId, access } = house.owner;
    const organizationId = house.organization.id;
    const scope: MemberScope = { kind: "member", sessionId: newId("ses"), userId, organizationId, memberId, access };
    const input = ListRefchecks.parse({ search: "nobody" });
    return Object.values(listRefchecks(scope, { input, before: null, now, ...unbounded }));
  });
  expect(times).toBeGreaterThan(most);
});
