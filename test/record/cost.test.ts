// What a page of candidates costs, as the database counts it: rows read. The same number however large the organization, whatever is asked for.
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { raw } from "../../db/statement.ts";
import { dayMs, minuteMs } from "../../src/kernel/clock.ts";
import { idsFrom, newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { ListCandidates } from "../../src/record/contract.ts";
import { candidateStatuses } from "../../src/record/machine.ts";
import { listCandidates } from "../../src/record/store.ts";
import { givenRole } from "../support/refcheck.ts";
import { rowsRead } from "../support/rows-read.ts";
import { database, givenMember, givenOrganization, type House, type Member } from "../support/world.ts";

const madeAt = (nth: number) => Date.parse("2031-03-03T12:00:00.000Z") - 30 * dayMs + nth * minuteMs;
const sizes = { small: 400, large: 2_000 };
const rare = 40;
const limits = { looksMax: 20, nearMax: 10, wholeMax: 60, fewMax: 60 };
const most = 1.2;

type Scene = {
  readonly count: number;
  readonly house: House;
  readonly roleId: Awaited<ReturnType<typeof givenRole>>["id"];
  /** Hiring managers: of a team with as many however large, and of one with all of them. */
  readonly few: Member;
  readonly many: Member;
  /** And who meets those few. */
  readonly meets: Member;
};
let scenes: Readonly<Record<keyof typeof sizes, Scene>>;

/** As many of each are rare, however large; the others have every status by turns. */
async function arranged(count: number): Promise<Scene> {
  const house = await givenOrganization();
  const { id: teamId } = await house.owner.client.team.create.mutate({ name: "Night shift" });
  const { id: fieldId } = await house.owner.client.field.create.mutate({ key: "ready", name: "Ready", type: "text" });
  const [ofAll, ofFew] = [await givenRole(house), await givenRole(house, { teamId })];
  const { id: emptyId } = await house.owner.client.team.create.mutate({ name: "Nobody yet" });
  const [many, few, meets] = [
    await givenMember(house, "hiring_manager"),
    await givenMember(house, "hiring_manager", { teamId }),
    await givenMember(house, "hiring_manager", { teamId: emptyId }),
  ];
  const organizationId = house.organization.id;
  const rows = sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count}),
    r as (select i, printf('%012x', ${madeAt(0)} + i * ${minuteMs}) || ${organizationId.slice(-16)} || printf('%04x', i) as tail, i % ${count / rare} = 0 as is_rare from n)`;
  const status = sql`json_extract(${JSON.stringify(candidateStatuses)}, '$[' || (i % ${candidateStatuses.length}) || ']')`;
  const write = (query: ReturnType<typeof sql>) => raw(query, () => undefined);
  const refcheckOf = (role: typeof ofAll, which: ReturnType<typeof sql>) =>
    write(sql`insert into refcheck (id, organization_id, role_id, team_id, candidate_id, revision, references_required, references_optional, relationships, complete_within_days, answers_shared, status, progress, version, reminders, name, email, created_at, created_by)
      ${rows} select 'rck_' || substr(${role.id}, -8) || substr(tail, 9), ${organizationId}, ${role.id}, ${role.teamId}, 'cnd_' || tail, 1, 1, 0, '[]', 14, 0, 'created', 'created', 1, 0, '', '', 0, ${house.owner.memberId} from r where ${which}`);
  await database().write([
    write(sql`insert into candidate (id, organization_id, email, first_name, last_name, name, phone, language, time_zone, status, source, hand_rating, created_at)
      ${rows} select 'cnd_' || tail, ${organizationId}, i || '@example.com', 'N', 'N', iif(is_rare, 'quetzal', 'ana'), '+3120' || i, 'en', 'UTC', ${status}, iif(is_rare, 'A fair', 'LinkedIn'), iif(is_rare, 5, 2), ${madeAt(0)} + i * ${minuteMs} from r`),
    write(
      sql`insert into candidate_tag (organization_id, tag, candidate_id) ${rows} select ${organizationId}, iif(is_rare, 'rare', 'often'), 'cnd_' || tail from r`,
    ),
    write(
      sql`insert into skill (candidate_id, organization_id, name, name_folded, level) ${rows} select 'cnd_' || tail, ${organizationId}, 'S', iif(is_rare, 'sabre', 'go'), iif(i % 2, 'EXPERT', 'BEGINNER') from r`,
    ),
    write(
      sql`insert into experience (id, candidate_id, organization_id, occupation, description, created_at, employer, employer_folded) ${rows} select 'exp_' || tail, 'cnd_' || tail, ${organizationId}, '', '', 0, 'E', iif(is_rare, 'forge', 'bakery') from r`,
    ),
    write(
      sql`insert into candidate_field (candidate_id, field_id, position, organization_id, text_value) ${rows} select 'cnd_' || tail, ${fieldId}, 0, ${organizationId}, iif(is_rare, 'yes', 'no') from r`,
    ),
    refcheckOf(ofAll, sql`1`),
    refcheckOf(ofFew, sql`is_rare`),
    write(sql`insert into meeting (id, organization_id, candidate_id, title, description, starts_at, ends_at, time_zone, reminder_hours, sequence, version, created_by, created_at)
      ${rows} select 'mtg_' || tail, ${organizationId}, 'cnd_' || tail, '', '', ${madeAt(0)}, ${madeAt(5)}, 'UTC', '[]', 0, 1, ${house.owner.memberId}, 0 from r`),
    write(sql`insert into meeting_interviewer (meeting_id, member_id, organization_id, starts_at, ends_at)
      ${rows} select 'mtg_' || tail, iif(is_rare, ${meets.memberId}, ${house.owner.memberId}), ${organizationId}, ${madeAt(0)}, ${madeAt(5)} from r`),
  ]);
  return { count, house, roleId: ofAll.id, few, many, meets };
}

beforeAll(async () => {
  scenes = { small: await arranged(sizes.small), large: await arranged(sizes.large) };
});

type Filter = (scene: Scene) => object;
const lanes: Readonly<Record<string, Filter>> = {
  "all there are": () => ({}),
  "a status": () => ({ status: "HIRED" }),
  "a source of many": () => ({ source: "LinkedIn" }),
  "a source of few": () => ({ source: "A fair" }),
  "a tag of many": () => ({ tag: "often" }),
  "a tag of few": () => ({ tag: "rare" }),
  "a tag, a source and a status": () => ({ tag: "often", source: "LinkedIn", status: "HIRED" }),
};
/** Each by itself. */
const further: Readonly<Record<string, Filter>> = {
  "a skill of many, at a level": () => ({ skill: { name: "Go", level: "EXPERT" } }),
  "a skill of few": () => ({ skill: { name: "Sabre" } }),
  "an employer of many": () => ({ employer: "Bakery" }),
  "an employer of few": () => ({ employer: "Forge" }),
  "a value of many": () => ({ customField: { key: "ready", equals: "no" } }),
  "a value of few": () => ({ customField: { key: "ready", equals: "yes" } }),
  "a role of all": ({ roleId }) => ({ roleId }),
  "a skill few have, by its letters": () => ({ search: "abr" }),
  "where many worked, by its letters": () => ({ search: "akery" }),
  "two letters": () => ({ search: "qu" }),
  "letters that many have, at a source of few": () => ({ search: "ana", source: "A fair" }),
};
const looks: Readonly<Record<string, Filter>> = {
  "nothing else": () => ({}),
  "a part many have in their names": () => ({ search: "ana" }),
  "a part nobody has": () => ({ search: "nobody" }),
  "a part of a phone number": () => ({ search: "+31 20" }),
  "a rating few have": () => ({ ratingFrom: 4.5 }),
  "when they were made, as many were": ({ count }) => ({ createdTo: new Date(madeAt(count * 0.9)) }),
  "when they were made, as nobody was": () => ({ createdFrom: new Date(madeAt(10_000)) }),
};
const whom = ["owner", "few", "many"] as const;
type Who = (typeof whom)[number] | "meets";

function askedOf(scene: Scene, who: Who, input: object, over: object = {}) {
  const { memberId, userId, access } = who === "owner" ? scene.house.owner : scene[who];
  const organizationId = scene.house.organization.id;
  const scope: MemberScope = { kind: "member", sessionId: newId("ses"), userId, organizationId, memberId, access };
  const { size, include, ...filters } = ListCandidates.parse({
    size: 5,
    include: ["interviews", "refchecks"],
    ...input,
  });
  return { scope, asked: { filters, before: null, skip: 0, take: size, parts: include, ...limits, ...over } };
}

const middleOf = ({ count }: Scene) => idsFrom("cnd", new Date(madeAt(count / 2)));

/** What the same page takes of the large organization, where of the small one it takes 1. */
async function timesAsMany(of: (scene: Scene) => Parameters<typeof rowsRead>[0]): Promise<number> {
  const [fewer, more] = await Promise.all([rowsRead(of(scenes.small)), rowsRead(of(scenes.large))]);
  return more / fewer;
}

async function dearOnes(
  lane: Filter,
  way: (scene: Scene) => object,
  { by = looks, to = whom }: { readonly by?: typeof looks; readonly to?: readonly Who[] } = {},
): Promise<string[]> {
  const dear: string[] = [];
  for (const [name, look] of Object.entries(by)) {
    for (const who of to) {
      const times = await timesAsMany((scene) => {
        const { scope, asked } = askedOf(scene, who, { ...lane(scene), ...look(scene) }, way(scene));
        return [listCandidates(scope, asked, null)];
      });
      if (times > most) dear.push(`${who}, ${name}: ${times}`);
    }
  }
  return dear;
}

describe("a page reads no more of a large organization than of a small one, by whatever is looked at", () => {
  test.each(Object.entries(lanes))("by %s", async (_, lane) => {
    expect(await dearOnes(lane, () => ({}))).toEqual([]);
    expect(await dearOnes(lane, (scene) => ({ before: middleOf(scene) }))).toEqual([]);
    expect(await dearOnes(lane, () => ({ skip: 20 }))).toEqual([]);
  });

  test("nor does one to who meets few of them", async () => {
    for (const lane of [() => ({}), () => ({ tag: "often" })])
      expect(await dearOnes(lane, () => ({}), { to: ["meets"] })).toEqual([]);
  });

  test("by each of the others, alone", async () => {
    expect(
      await dearOnes(
        () => ({}),
        () => ({}),
        { by: further },
      ),
    ).toEqual([]);
  });

  test.each(Object.entries(lanes))("nor does the total that is told with it, by %s", async (_, lane) => {
    const dear: string[] = [];
    for (const who of whom) {
      for (const [name, look] of Object.entries(looks)) {
        const times = await timesAsMany((scene) => {
          const { scope, asked } = askedOf(scene, who, { ...lane(scene), ...look(scene) });
          return [listCandidates(scope, asked, 30)];
        });
        if (times > most) dear.push(`${who}, ${name}: ${times}`);
      }
    }
    expect(dear).toEqual([]);
  });
});

test("saboteur: a walk without an end is seen", async () => {
  const times = await timesAsMany((scene) => {
    const { scope, asked } = askedOf(scene, "owner", { search: "q" }, { looksMax: 100_000 });
    return [listCandidates(scope, asked, null)];
  });
  expect(times).toBeGreaterThan(most);
});

test("saboteur: a total that looks at all of many is seen", async () => {
  const times = await timesAsMany((scene) => {
    const { scope, asked } = askedOf(scene, "owner", { ratingFrom: 4.5 }, { wholeMax: 100_000 });
    return [listCandidates(scope, asked, 100_000)];
  });
  expect(times).toBeGreaterThan(most);
});
