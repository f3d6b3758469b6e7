// What a page of a timeline costs, as the database counts it: rows read. The same number however much has happened to the candidate, and however
// many others the organization knows.
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { raw } from "../../db/statement.ts";
import { minuteMs } from "../../src/kernel/clock.ts";
import { type CandidateId, newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { ShowTimeline } from "../../src/timeline/contract.ts";
import { entriesOf } from "../../src/timeline/store.ts";
import { newCandidate } from "../support/pipeline.ts";
import { rowsRead } from "../support/rows-read.ts";
import { database, givenMember, givenOrganization, givenProject, type House, type Member } from "../support/world.ts";

const startedAt = Date.parse("2031-03-03T12:00:00.000Z");
const sizes = { small: 300, large: 3_000 };
const looksMax = 40;
const most = 1.2;

type Scene = {
  readonly count: number;
  readonly house: House;
  readonly candidateId: CandidateId;
  readonly recruiter: Member;
  /** A hiring manager, who sees one interview of theirs and is not shown their letters. */
  readonly evaluator: Member;
};
let scenes: Readonly<Record<keyof typeof sizes, Scene>>;

/** As much of each kind has happened to the candidate, and as many others are known; one interview in a project of its own is the evaluator's. */
async function arranged(count: number): Promise<Scene> {
  const house = await givenOrganization();
  const { id: organizationId } = house.organization;
  const team = await house.owner.client.team.create.mutate({ name: "Apart" });
  const [project, recruiter, evaluator, candidateId] = await Promise.all([
    givenProject(house),
    givenMember(house, "recruiter"),
    givenMember(house, "hiring_manager", { teamId: team.id }),
    newCandidate(house),
  ]);
  const { memberId } = evaluator;
  await house.owner.client.project.assignRole.mutate({ projectId: project.id, memberId, role: "evaluator" });
  const email = (await house.owner.client.candidate.get.query({ candidateId })).user.email;
  const { id: interviewId, candidate } = await house.owner.client.interview.create.mutate({
    ...{ projectId: project.id, candidate: { email, firstName: "Cleo", lastName: "Candidate" } },
  });
  expect(candidate.id).toBe(candidateId);
  const rows = sql`with n(i) as (select 0 union all select i + 1 from n where i < ${count} - 1), r as (select i, printf('%012x', ${startedAt} + i) || ${organizationId.slice(-16)} || printf('%04x', i) as tail, ${startedAt} + i * ${minuteMs} as at from n)`;
  const write = (query: ReturnType<typeof sql>) => raw(query, () => undefined);
  await database().write([
    write(
      sql`insert into candidate (id, organization_id, email, first_name, last_name, name, language, time_zone, created_at) ${rows} select 'cnd_' || tail, ${organizationId}, i || '@example.com', 'N', 'N', 'n', 'en', 'UTC', at from r`,
    ),
    write(
      sql`insert into note (id, organization_id, candidate_id, member_id, text, text_folded, created_at) ${rows} select 'nte_' || tail, ${organizationId}, iif(i % 2, ${candidateId}, 'cnd_' || tail), ${house.owner.memberId}, 'A note.', 'a note.', at from r`,
    ),
    write(
      sql`insert into candidate_event (id, organization_id, candidate_id, record_id, version, verb, from_status, to_status, actor_kind, actor_id, at) ${rows} select 'evt_' || tail, ${organizationId}, ${candidateId}, ${candidateId}, i + 10, 'interview', 'APPLIED', 'INTERVIEWED', 'member', ${house.owner.memberId}, at from r`,
    ),
    write(
      sql`insert into letter (id, organization_id, candidate_id, interview_id, urgency, to_email, language, time_zone, sender_name, content, status, attempts, created_at) ${rows} select 'ltr_' || tail, ${organizationId}, ${candidateId}, iif(i % 2, ${interviewId}, null), 1, 'a@example.com', 'en', 'UTC', 'House', json_object('kind', iif(i % 2, 'interview_reminder', 'sign_in')), 'delivered', 1, at from r`,
    ),
  ]);
  return { count, house, candidateId, recruiter, evaluator };
}

beforeAll(async () => {
  const [small, large] = await Promise.all([arranged(sizes.small), arranged(sizes.large)]);
  scenes = { small, large };
});

const callers = ["owner", "recruiter", "evaluator"] as const;
type Caller = (typeof callers)[number];

function pageOf(scene: Scene, who: Caller, input: object, isDeep = false, looks = looksMax) {
  const { memberId, userId, access } = who === "owner" ? scene.house.owner : scene[who];
  const organizationId = scene.house.organization.id;
  const scope: MemberScope = { kind: "member", sessionId: newId("ses"), userId, organizationId, memberId, access };
  const {
    candidateId,
    size,
    cursor: _,
    ...asked
  } = ShowTimeline.parse({
    ...{ candidateId: scene.candidateId, size: 10 },
    ...input,
  });
  const middle = [startedAt + (scene.count / 2) * minuteMs, 1, newId("evt")] as const;
  return Object.values(
    entriesOf(scope, candidateId, { ...asked, after: isDeep ? middle : null, take: size + 1, looksMax: looks }),
  );
}

async function timesAsMany(of: (scene: Scene) => Parameters<typeof rowsRead>[0]): Promise<number> {
  const [fewer, more] = await Promise.all([rowsRead(of(scenes.small)), rowsRead(of(scenes.large))]);
  expect(fewer).toBeGreaterThan(1);
  return more / fewer;
}

const inputs: Readonly<Record<string, object>> = {
  "all of it": {},
  "from its beginning": { direction: "asc" },
  "a kind of which there is much": { kinds: ["note"] },
  "a kind of which there is nothing": { kinds: ["placement"] },
  "from an instant on": { from: new Date(startedAt + 100 * minuteMs) },
  "to an instant": { to: new Date(startedAt + 100 * minuteMs), direction: "asc" },
};

describe("a page reads no more where ten times as much has happened", () => {
  test.each(Object.entries(inputs))("%s", async (_, input) => {
    for (const who of callers) {
      for (const isDeep of [false, true]) {
        expect(await timesAsMany((scene) => pageOf(scene, who, input, isDeep))).toBeLessThanOrEqual(most);
      }
    }
  });
});

test("what nobody keeps from whoever asks is read as it is shown: a dozen of rows an entry, and none besides", async () => {
  expect(await rowsRead(pageOf(scenes.large, "owner", { size: 10 }))).toBeLessThan(12 * 11);
});

test("saboteur: a walk without an end is seen", async () => {
  const endless = (scene: Scene) => pageOf(scene, "owner", { kinds: ["placement"] }, false, 100_000);
  expect(await timesAsMany(endless)).toBeGreaterThan(most);
});
