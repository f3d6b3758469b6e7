// What a page costs, as the database counts it: rows read. The same number however large the organization, whatever is asked for.
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { endOfTime } from "../../db/schema/index.ts";
import { raw, type Statement } from "../../db/statement.ts";
import { ListInterviews, sortOrders } from "../../src/interview/contract.ts";
import { newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { listInterviews } from "../../src/listing/store.ts";
import { rowsRead } from "../support/rows-read.ts";
import { database, givenOrganization, givenProject, type House } from "../support/world.ts";

const now = new Date("2031-03-03T12:00:00.000Z");
const limits = { totalMax: 50, fewMax: 60, looksMax: 100, judgedLooksMax: 100 };
const sizes = { small: 400, large: 2_000 };

type Scene = { readonly house: House; readonly projectId: string; readonly otherId: string; readonly prefix: string };
let scenes: Readonly<Record<keyof typeof sizes, Scene>>;

beforeAll(async () => {
  scenes = { small: await arranged(sizes.small), large: await arranged(sizes.large) };
});

/** As many of each are rare, however large. Half is invited, a third interviewed, the others new. Hardly anything is in the other project. */
async function arranged(count: number): Promise<Scene> {
  const house = await givenOrganization();
  const [project, other] = [await givenProject(house), await givenProject(house)];
  const { assignRole } = house.owner.client.project;
  await assignRole.mutate({ projectId: project.id, memberId: house.owner.memberId, role: "evaluator" });
  const organizationId = house.organization.id;
  const prefix = organizationId.slice(-22);
  const rows = sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count}),
    r as (select i, ${prefix} || printf('%010x', i) as tail, i % ${count / 10} = 0 as is_rare from n)`;
  const write = (text: ReturnType<typeof sql>): Statement<void> => raw(text, () => undefined);
  const deadline = sql`case when is_rare or i % 6 < 3 then ${now.getTime()} + i * 1000 end`;
  await database().write([
    write(sql`insert into candidate (id, organization_id, email, first_name, last_name, language, time_zone, created_at)
      ${rows} select 'cnd_' || tail, ${organizationId}, i || '@example.com', 'N', 'N', 'en', 'UTC', i from r`),
    write(sql`insert into interview (id, organization_id, project_id, candidate_id, revision, status, version, run, labels, name, email, created_at, deadline_at, due_at, due_verb)
      ${rows} select 'itv_' || tail, ${organizationId}, iif(is_rare, ${other.id}, ${project.id}), 'cnd_' || tail, 2,
        case when is_rare then 'aborted' when i % 6 < 3 then 'invited' when i % 6 < 5 then 'interviewed' else 'new' end, 1, 0, '[]', iif(is_rare, 'quetzal', 'ana'), i || '@example.com', i,
        ${deadline}, iif(is_rare, null, ${deadline}), case when not is_rare and i % 6 < 3 then 'expire' end from r`),
    write(sql`insert into interview_label (organization_id, label, interview_id)
      ${rows} select ${organizationId}, iif(is_rare, 'rare', 'many'), 'itv_' || tail from r`),
  ]);
  return { house, projectId: project.id, otherId: other.id, prefix };
}

type Filter = (scene: Scene) => object;
const far = new Date("2190-01-01T00:00:00.000Z");

const filters: Readonly<Record<string, Filter>> = {
  nothing: () => ({}),
  "a status many have": () => ({ status: ["invited"] }),
  "a status few have": () => ({ status: ["aborted"] }),
  "a status nobody has": () => ({ status: ["skipped"] }),
  "three statuses": () => ({ status: ["invited", "expired", "aborted"] }),
  "a label many have": () => ({ label: "many" }),
  "a label few have": () => ({ label: "rare" }),
  "a label nobody has": () => ({ label: "none" }),
  "deadlines many have": () => ({ deadlineFrom: now }),
  "deadlines nobody has": () => ({ deadlineFrom: far }),
  "a part many have in their names": () => ({ search: "ana" }),
  "a part few have in their names": () => ({ search: "quetzal" }),
  "a part nobody has": () => ({ search: "nobody" }),
  "a project of many": ({ projectId }) => ({ projectId }),
  "a project of few": ({ otherId }) => ({ projectId: otherId }),
  "pending, as many are": () => ({ evaluationStatus: "pending" }),
  "completed, as nobody is": () => ({ evaluationStatus: "completed" }),
  "what I have still to rate": () => ({ myEvaluationStatus: "pending" }),
  "what I have rated": () => ({ myEvaluationStatus: "completed" }),
  "a status and a part of a name": () => ({ status: ["invited"], search: "nobody" }),
};

function statementsFor(scene: Scene, input: object, after: Place, sees: "all" | "own") {
  const { house } = scene;
  const scope: MemberScope = {
    ...{ kind: "member", sessionId: newId("ses"), userId: house.owner.userId, memberId: house.owner.memberId },
    ...{ organizationId: house.organization.id, access: sees === "all" ? "owner" : "hiring_manager" },
  };
  const parsed = ListInterviews.parse(input);
  return Object.values(listInterviews(scope, { input: parsed, now, after, seesAll: sees === "all", ...limits }));
}

type Place = readonly [string | number, string] | null;

/** What the same page takes of the large organization, where of the small one it takes 1. */
async function timesAsMany(of: (scene: Scene, size: number) => readonly Statement<unknown>[]): Promise<number> {
  const [small, large] = [of(scenes.small, sizes.small), of(scenes.large, sizes.large)];
  const [fewer, more] = await Promise.all([rowsRead(small), rowsRead(large)]);
  expect(fewer).toBeGreaterThan(0);
  return more / fewer;
}

const most = 1.2;
const orders = sortOrders.flatMap((sort) => (["asc", "desc"] as const).map((direction) => ({ sort, direction })));

describe("a page reads no more of a large organization than of a small one, first or later, in any order", () => {
  test.each(Object.entries(filters))("by %s", async (_, filter) => {
    for (const order of orders) {
      const idAt = ({ prefix }: Scene, size: number) => `itv_${prefix}${(size / 2).toString(16).padStart(10, "0")}`;
      // Half have no deadline: a place among them is a place among ties.
      const amongTies = (scene: Scene, size: number): Place => [endOfTime, idAt(scene, size)];
      const middle = (scene: Scene, size: number): Place => {
        const key = { created: size / 2, deadline: now.getTime() + size * 500, name: "ana" }[order.sort];
        return [key, idAt(scene, size)];
      };
      for (const sees of ["all", "own"] as const) {
        for (const from of [() => null, middle, ...(order.sort === "deadline" ? [amongTies] : [])]) {
          const times = await timesAsMany((scene, size) =>
            statementsFor(scene, { ...filter(scene), ...order }, from(scene, size), sees),
          );
          expect([order, sees, times <= most || times]).toEqual([order, sees, true]);
        }
      }
    }
  });
});

describe("saboteurs: what reads more the more there are is seen", () => {
  const faulty = {
    "a column without an index": (house: House) =>
      sql`select id from interview where organization_id = ${house.organization.id} and email = 'nobody' limit 26`,
    "an order without an index": (house: House) =>
      sql`select id from interview where organization_id = ${house.organization.id} order by email limit 26`,
    "pages by OFFSET": (house: House, size: number) =>
      sql`select id from interview where organization_id = ${house.organization.id} order by created_at limit 26 offset ${size / 2}`,
  };
  test.each(Object.entries(faulty))("%s", async (_, text) => {
    const times = await timesAsMany(({ house }, size) => [raw(text(house, size), () => undefined)]);
    expect(times).toBeGreaterThan(most);
  });
});
