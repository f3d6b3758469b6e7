// People of one organization as they are drawn, and their list as it is walked page by page.

import { sql } from "drizzle-orm";
import { expect } from "vitest";
import type { Database } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { minuteMs } from "../../src/kernel/clock.ts";
import { folded } from "../../src/kernel/fold.ts";
import { type CandidateId, type FieldId, idsFrom, newId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { listCandidates, type reach } from "../../src/record/actions.ts";
import { ListCandidates } from "../../src/record/contract.ts";
import { insertMany } from "../support/many.ts";
import { givenPipeline } from "../support/pipeline.ts";
import { givenRole } from "../support/refcheck.ts";
import {
  database,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  type Member,
  systemDeps,
} from "../support/world.ts";
import { calledOf, type Given, hiredOn, named, type Person, rejectedOn, type Seed, type Values } from "./model.ts";

export const noon = new Date("2031-03-03T12:00:00.000Z");
export const at = (offsetMs: number) => new Date(noon.getTime() + offsetMs);

type Role = Awaited<ReturnType<typeof givenRole>>;
type Project = Awaited<ReturnType<typeof givenProject>>;

type Pipeline = Awaited<ReturnType<typeof givenPipeline>>;
type Fields = Readonly<Record<"level" | "salary" | "since" | "remote", FieldId>>;

export let house: House;
export let pipelines: readonly [Pipeline, Pipeline];
let fields: Fields;
export let projects: readonly [Project, Project];
export let roles: readonly [Role, Role];
/** Who asks: all is seen by the first; by the others what is of the project or role of their place, and whom they meet. */
export let managers: readonly [Member, Member];
let askers: readonly [MemberScope, MemberScope, MemberScope];

function scopeOf({ userId, memberId, access }: Member): MemberScope {
  const organizationId = house.organization.id;
  return { kind: "member", sessionId: newId("ses"), userId, organizationId, memberId, access };
}

/** An organization, and what its people are arranged in: once a file. */
export async function opened(): Promise<void> {
  house = await givenOrganization();
  const { team, project } = house.owner.client;
  const { id: teamId } = await team.create.mutate({ name: "Night shift" });
  projects = [await givenProject(house), await givenProject(house)];
  roles = [await givenRole(house), await givenRole(house, { teamId })];
  const [recruiter, one, two] = [
    await givenMember(house, "recruiter"),
    await givenMember(house, "hiring_manager"),
    await givenMember(house, "hiring_manager", { teamId }),
  ];
  await project.assignRole.mutate({ projectId: projects[0].id, memberId: one.memberId, role: "reviewer" });
  await project.assignRole.mutate({ projectId: projects[1].id, memberId: two.memberId, role: "evaluator" });
  pipelines = [await givenPipeline(house), await givenPipeline(house)];
  const { field } = house.owner.client;
  const named = (key: string) => ({ key, name: key });
  const choices = ["junior", "senior"].map((value) => ({ value, name: value }));
  fields = {
    level: (await field.create.mutate({ ...named("level"), type: "choices", choices })).id,
    salary: (await field.create.mutate({ ...named("salary"), type: "number" })).id,
    since: (await field.create.mutate({ ...named("since"), type: "date" })).id,
    remote: (await field.create.mutate({ ...named("remote"), type: "boolean" })).id,
  };
  askers = [scopeOf(recruiter), scopeOf(one), scopeOf(two)];
  managers = [one, two];
}

/** What a candidate and another have each their own of. */
const kept = ["skill", "experience", "note", "candidate_external_id", "candidate_field", "candidate_tag"];
function rowsOf(people: readonly Person[]) {
  const organization_id = house.organization.id;
  const each = <Row extends object>(make: (person: Person) => readonly Row[]) =>
    people.flatMap((person) => make(person).map((row) => ({ candidate_id: person.id, organization_id, ...row })));
  const valuesOf = ({ level = [], salary, since, remote }: Values) => [
    ...level.map((text_value, position) => ({ field_id: fields.level, position, text_value, number_value: null })),
    ...(salary === undefined ? [] : [{ field_id: fields.salary, position: 0, text_value: null, number_value: salary }]),
    ...(since === undefined ? [] : [{ field_id: fields.since, position: 0, text_value: since, number_value: null }]),
    ...(remote === undefined
      ? []
      : [{ field_id: fields.remote, position: 0, text_value: null, number_value: Number(remote) }]),
  ];
  const created_at = noon.getTime();
  return [
    ...insertMany(
      "skill",
      each(({ skills }) => skills.map(({ name, level }) => ({ name, name_folded: folded(name), level }))),
    ),
    ...insertMany(
      "experience",
      each(({ employers }) =>
        employers.map((employer) => ({
          ...{ id: newId("exp"), occupation: "Barista", description: "", created_at },
          ...{ employer, employer_folded: folded(employer) },
        })),
      ),
    ),
    ...insertMany(
      "note",
      each(({ notes }) =>
        notes.map((text) => ({
          ...{ id: newId("nte"), member_id: house.owner.memberId, text, text_folded: folded(text), created_at },
        })),
      ),
    ),
    ...insertMany(
      "candidate_external_id",
      each(({ externalIds, id }) => externalIds.map((system) => ({ system, external_id: named(id) }))),
    ),
    ...insertMany(
      "candidate_field",
      each(({ values }) => valuesOf(values)),
    ),
    ...insertMany(
      "candidate_tag",
      each(({ tags }) => tags.map((tag) => ({ tag }))),
    ),
    ...insertMany(
      "placement",
      each(({ stages }) =>
        stages.flatMap((stage, nth) => {
          const { id: pipeline_id, stages: own } = pipelines[nth] ?? pipelines[0];
          const stage_id = stage === null ? undefined : own[stage]?.id;
          if (stage_id === undefined) return [];
          const id = newId("plc");
          return [{ id, pipeline_id, stage_id, rank: id, version: 1, entered_at: created_at, created_at }];
        }),
      ),
    ),
  ];
}

export const byId = (one: Person, other: Person) => (one.id < other.id ? -1 : 1);

/** Exactly these in the organization: written in the order of their ids, but for so many of the first who come last; or, with null, as they are drawn. */
export async function arranged(seeds: readonly Seed[], late: number | null = null): Promise<Person[]> {
  const organizationId = house.organization.id;
  const drawn = seeds.map((seed, index): Person => {
    const id: CandidateId = `cnd_${idsFrom("cnd", at(seed.made + seed.skew)).slice("cnd_".length)}${newId("cnd").slice(-20)}`;
    return { ...seed, id, email: seed.email ?? `p${index}@example.com` };
  });
  const ordered = drawn.toSorted(byId);
  const people = late === null ? drawn : [...ordered.slice(late), ...ordered.slice(0, late)];
  const emptied = [...kept, "placement", "meeting_interviewer", "meeting", "interview", "refcheck", "candidate"].map(
    (table) =>
      raw(sql`delete from ${sql.identifier(table)} where organization_id = ${organizationId}`, () => undefined),
  );
  const rows = people.map(({ id, email, status, tags, source, made, name, phone, hand, feedback, ...more }) => ({
    ...{ id, organization_id: organizationId, email, status, tags: JSON.stringify(tags), source, phone },
    ...{ first_name: name, last_name: "Po", name: folded(`${name} Po`), created_at: at(made).getTime() },
    ...{ language: more.language, time_zone: more.timeZone, email_status: more.emailStatus },
    ...{ hand_rating: hand, feedback_rating: feedback, password_hash: more.hasPassword ? "kept" : null },
    ...{ applied_date: more.applied, hired_date: hiredOn({ status, ...more }) },
    reject_date: rejectedOn({ status, ...more }),
  }));
  const of = { organization_id: organizationId, version: 1, name: "po", created_at: noon.getTime() };
  const interviews = people.flatMap(({ id, email, interviews: nths }) =>
    nths.map((nth) => ({
      ...{ ...of, id: newId("itv"), candidate_id: id, email, project_id: (projects[nth] ?? projects[0]).id },
      ...{ revision: 1, status: "new", run: 0, labels: "[]" },
    })),
  );
  const refchecks = people.flatMap(({ id, email, refchecks: nths }) =>
    nths.map((nth) => {
      const { id: role_id, teamId: team_id } = roles[nth] ?? roles[0];
      return {
        ...{ ...of, id: newId("rck"), candidate_id: id, email, role_id, team_id, revision: 1, references_required: 1 },
        ...{ references_optional: 0, relationships: "[]", complete_within_days: 14, answers_shared: 0, reminders: 0 },
        ...{ progress: "created", status: "created", created_by: house.owner.memberId },
      };
    }),
  );
  const times = { organization_id: organizationId, starts_at: noon.getTime(), ends_at: noon.getTime() + minuteMs };
  const meetings = people.flatMap(({ id, meetings: nths }) =>
    nths.map((nth) => ({
      meetingId: newId("mtg"),
      candidateId: id,
      memberId: (managers[nth] ?? managers[0]).memberId,
    })),
  );
  const met = meetings.map(({ meetingId, candidateId }) => ({
    ...{ ...times, id: meetingId, candidate_id: candidateId, title: "A talk", description: "", time_zone: "UTC" },
    ...{ reminder_hours: "[]", sequence: 0, version: 1, created_by: house.owner.memberId, created_at: 0 },
  }));
  const interviewers = meetings.map(({ meetingId, memberId }) => ({
    ...{ ...times, meeting_id: meetingId, member_id: memberId },
  }));
  await database().write([
    ...emptied,
    ...insertMany("candidate", rows),
    ...insertMany("interview", interviews),
    ...insertMany("refcheck", refchecks),
    ...insertMany("meeting", met),
    ...insertMany("meeting_interviewer", interviewers),
    ...rowsOf(people),
  ]);
  return people;
}

export type Goes = typeof reach;

const idOf = (one: { readonly id: string } | undefined) => one?.id;

/** As it is asked on the wire. */
export function inputOf(
  { createdFrom, createdTo, pipeline, stage, project, role, externalId, ...rest }: Given,
  people: readonly Person[],
) {
  const [board = 0, column = 0] = stage ?? [];
  const asked = {
    ...rest,
    createdFrom: createdFrom === undefined ? undefined : at(createdFrom),
    createdTo: createdTo === undefined ? undefined : at(createdTo),
    pipelineId: pipeline === undefined ? undefined : idOf(pipelines[pipeline]),
    stageId: stage === undefined ? undefined : idOf(pipelines[board]?.stages[column]),
    projectId: project === undefined ? undefined : idOf(projects[project]),
    roleId: role === undefined ? undefined : idOf(roles[role]),
    externalId: externalId && { system: externalId.system, id: calledOf(externalId, people) },
  };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

export const deps = (db: Database) => systemDeps({ now: () => noon, db });
export const asker = (nth: number) => askers[nth] ?? askers[0];

/** The ids of all pages, and how many of them ended early. */
export async function walked(
  nth: number,
  people: readonly Person[],
  asked: Given,
  size: number,
  limits: Goes,
  db = database(),
) {
  const ids: CandidateId[] = [];
  let early = 0;
  let cursor: string | undefined;
  do {
    const input = ListCandidates.parse({ ...inputOf(asked, people), size, ...(cursor && { cursor }) });
    const { items, nextCursor } = await listCandidates(deps(db), asker(nth), input, limits);
    expect(items.length).toBeLessThanOrEqual(size);
    if (nextCursor !== null && items.length < size) early += 1;
    ids.push(...items.map(({ id }) => id));
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { ids, early };
}
