import { and, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import {
  candidate,
  candidateExternalId,
  candidateField,
  candidateTag,
  experience,
  field,
  formerCandidate,
  interview,
  note,
  pipeline,
  placement,
  project,
  refcheck,
  role,
  skill,
  stage,
} from "../../db/schema/index.ts";
import { contains, isShort } from "../../db/search.ts";
import { all, build, listOf, ownId } from "../../db/statement.ts";
import { skillLevels } from "../background/policy.ts";
import { candidateRatingFor } from "../feedback/actions.ts";
import { fieldIdOf } from "../field/actions.ts";
import { reachesInterview } from "../interview/actions.ts";
import { folded } from "../kernel/fold.ts";
import { hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import { phonePart } from "../kernel/shapes.ts";
import { pipelinePolicy } from "../pipeline/policy.ts";
import { reachesRefcheck } from "../refcheck/actions.ts";
import type { FieldSought, Filters } from "./contract.ts";

type Row = { readonly candidateId: SQLiteColumn; readonly organizationId: SQLiteColumn };

/** They have a row of this kind of which this holds. */
const has = (kind: Row, isIt: SQL | undefined) =>
  sql`exists (select 1 from ${kind} where ${and(eq(kind.candidateId, candidate.id), isIt)})`;

const isOfSame = ({ organizationId }: Row) => sql`${organizationId} = ${candidate.organizationId}`;

/**
 * The day on which they applied, YYYY-MM-DD, as it is shown and as it is found by. Every verb writes it, in the organization's zone; a row
 * without one tells the day in UTC on which it was made.
 */
export const appliedOn = sql<string>`coalesce(${candidate.appliedDate}, date(${candidate.createdAt} / 1000, 'unixepoch'))`;

const within = (column: SQLiteColumn | SQL, from: unknown, to: unknown) =>
  and(
    from === undefined ? undefined : sql`${column} >= ${from}`,
    to === undefined ? undefined : sql`${column} <= ${to}`,
  );

/** What is searched for, and as part of a phone number, where it can be one. */
function spellings(search: string): string[] {
  const part = phonePart(search);
  return part === null || part === search ? [search] : [search, part];
}

/** What is looked up of a search; null where that is too short, and where nothing is searched. */
export function wordsOf({ search }: Filters): string[] | null {
  const words = search === undefined ? [] : spellings(search);
  return words.length === 0 || words.some(isShort) ? null : words;
}

function said(search: string): SQL {
  const phone = phonePart(search);
  const inPhone = phone === null ? sql`` : sql` or ${contains(candidate.phone, phone)}`;
  const isNamed = sql`${contains(candidate.name, search)} or ${contains(candidate.email, search)}${inPhone}`;
  const elsewhere = [
    has(skill, contains(skill.nameFolded, search)),
    has(experience, contains(experience.employerFolded, search)),
    has(note, contains(note.textFolded, search)),
  ];
  return sql`(${isNamed} or ${sql.join(elsewhere, sql` or `)})`;
}

type Skill = NonNullable<Filters["skill"]>[number];

const isAtLeast = (level: Skill["level"]) =>
  level && sql`${skill.level} in (${listOf(skillLevels.slice(skillLevels.indexOf(level)))})`;

const isSkill = ({ name, level }: Skill) => and(eq(skill.nameFolded, folded(name)), isAtLeast(level));

/** In the column of its kind. */
const kept = (value: string | number | boolean) =>
  typeof value === "string"
    ? ([candidateField.textValue, folded(value)] as const)
    : ([candidateField.numberValue, Number(value)] as const);

function isFieldValue(asked: FieldSought): SQL | undefined {
  if ("equals" in asked) {
    const [column, value] = kept(asked.equals);
    return sql`${column} = ${value}`;
  }
  const ends = [asked.from, asked.to].map((end) => (end === undefined ? undefined : kept(end)));
  return and(...ends.map((end, nth) => end && (nth === 0 ? sql`${end[0]} >= ${end[1]}` : sql`${end[0]} <= ${end[1]}`)));
}

const seesPipelines = ({ access }: MemberScope) => hasAtLeast(access, pipelinePolicy.list);
const stands = and(sql`${placement.removedAt} is null`, sql`${placement.candidateId} is not null`);

/** Who sees no pipelines finds nobody in any. */
function isPlaced(scope: MemberScope, column: SQLiteColumn, id: string): SQL {
  const isTheirs = sql`${placement.organizationId} = ${scope.organizationId}`;
  return has(placement, and(sql`${column} = ${seesPipelines(scope) ? id : ""}`, stands, isTheirs));
}

/** As it is shown to whoever asks: a list tells nothing of ratings that are not for their eyes (decision 036). */
const ratingFor = (scope: MemberScope) => sql`coalesce(${candidate.handRating}, ${candidateRatingFor(scope)})`;

const isRatedBy = {
  hand: () => sql`${candidate.handRating} is not null`,
  feedback: (scope: MemberScope) => sql`${candidate.handRating} is null and ${candidateRatingFor(scope)} is not null`,
  nobody: (scope: MemberScope) => sql`${ratingFor(scope)} is null`,
};

type Told = { [Name in keyof Filters]-?: Exclude<Filters[Name], undefined> };
type Conditions = { readonly [Name in keyof Told]: (told: Told[Name], scope: MemberScope) => SQL | undefined };

/** The closed table of filters: what must hold of whoever passes. Ranges stand under their beginning. */
const conditions: Conditions = {
  search: said,
  status: (status) => eq(candidate.status, status),
  tag: (tags) => and(...tags.map((tag) => has(candidateTag, and(isOfSame(candidateTag), eq(candidateTag.tag, tag))))),
  source: (source) => eq(candidate.source, source),
  createdFrom: (from) => gte(candidate.createdAt, from),
  createdTo: (to) => lt(candidate.createdAt, to),
  appliedFrom: (from) => within(appliedOn, from, undefined),
  appliedTo: (to) => within(appliedOn, undefined, to),
  rejectedFrom: (from) => within(candidate.rejectDate, from, undefined),
  rejectedTo: (to) => within(candidate.rejectDate, undefined, to),
  hiredFrom: (from) => within(candidate.hiredDate, from, undefined),
  hiredTo: (to) => within(candidate.hiredDate, undefined, to),
  ratingFrom: (from, scope) => within(ratingFor(scope), from, undefined),
  ratingTo: (to, scope) => within(ratingFor(scope), undefined, to),
  ratedBy: (rater, scope) => isRatedBy[rater](scope),
  email: (email) =>
    sql`(${candidate.email} = ${email} or ${has(formerCandidate, and(isOfSame(formerCandidate), eq(formerCandidate.email, email)))})`,
  emailStatus: (status) => eq(candidate.emailStatus, status),
  phone: (phone) => eq(candidate.phone, phone),
  language: (language) => eq(candidate.language, language),
  timeZone: (timeZone) => eq(candidate.timeZone, timeZone),
  hasPassword: (is) => (is ? sql`${candidate.passwordHash} is not null` : sql`${candidate.passwordHash} is null`),
  skill: (skills) => and(...skills.map((one) => has(skill, isSkill(one)))),
  employer: (employer) => has(experience, eq(experience.employerFolded, folded(employer))),
  pipelineId: (id, scope) => isPlaced(scope, placement.pipelineId, id),
  stageId: (id, scope) => isPlaced(scope, placement.stageId, id),
  projectId: (id, scope) => has(interview, and(eq(interview.projectId, id), reachesInterview(scope))),
  roleId: (id, scope) => has(refcheck, and(eq(refcheck.roleId, id), reachesRefcheck(scope))),
  externalId: ({ system, id }) =>
    has(
      candidateExternalId,
      and(
        isOfSame(candidateExternalId),
        eq(candidateExternalId.externalId, id),
        system === undefined ? undefined : eq(candidateExternalId.system, system),
      ),
    ),
  customField: (asked, scope) =>
    and(
      ...asked.map((one) =>
        has(candidateField, and(sql`${candidateField.fieldId} = ${fieldIdOf(scope, one.key)}`, isFieldValue(one))),
      ),
    ),
};

const filterNames = Object.keys(conditions) as (keyof Filters)[];

/** What is looked at of each; undefined where each is meant. */
export function soughtBy(scope: MemberScope, filters: Filters): SQL | undefined {
  const isIt = <Name extends keyof Told>(name: Name) => {
    const told = filters[name];
    return told === undefined ? undefined : conditions[name](told as Told[Name], scope);
  };
  return and(...filterNames.map(isIt));
}

/** A walk through one index, in which the next candidate of the list is the next entry. */
type Lane = {
  readonly along: SQL;
  /** With the candidate of each entry. */
  readonly looked: SQL;
  readonly id: SQLiteColumn;
  /** What the index begins with, and what that must be. */
  readonly key: SQLiteColumn;
  readonly value: SQL;
  readonly isLane: SQL | undefined;
  /** Filters of which it says all, to be looked at no more; of several tags, say, those that are left. */
  readonly told: Partial<Filters>;
  /** Somebody may come twice, one entry behind the other. */
  readonly repeats?: true;
};

type Place = Omit<Lane, "along" | "looked" | "told" | "isLane"> & Pick<Partial<Lane>, "isLane" | "told">;

const own = ({ organizationId }: MemberScope, index: string, told: Partial<Filters>, isLane?: SQL): Lane => {
  const along = sql`${candidate} indexed by ${sql.raw(index)}`;
  const { id, organizationId: key } = candidate;
  return { along, looked: along, id, key, value: sql`${organizationId}`, isLane, told };
};

const through = (along: SQL, { told = {}, isLane, ...place }: Place): Lane => ({
  ...{ ...place, along, told, isLane },
  looked: sql`${along} cross join ${candidate} on ${candidate.id} = ${place.id}`,
});

const rest = <Value>([, ...others]: readonly Value[]) => (others.length > 0 ? others : undefined);
export const by = (table: SQL | object, index: string) => sql`${table} indexed by ${sql.raw(index)}`;

/** In which of them hardly anybody is, first. What a lane does not say of its filter is looked at besides. */
const lanes: readonly ((filters: Filters, scope: MemberScope) => Lane | undefined)[] = [
  ({ phone }, scope) =>
    phone === undefined
      ? undefined
      : own(scope, "candidate_by_phone", { phone: undefined }, eq(candidate.phone, phone)),
  ({ customField }, scope) => {
    const first = customField?.find((one) => "equals" in one);
    if (!customField || !first || !("equals" in first)) return undefined;
    const [column, value] = kept(first.equals);
    const along = by(candidateField, typeof first.equals === "string" ? "field_by_text" : "field_by_number");
    const { candidateId: id, fieldId: key } = candidateField;
    const others = customField.filter((one) => one !== first);
    return through(along, {
      ...{ id, key, value: fieldIdOf(scope, first.key), isLane: sql`${column} = ${value}` },
      told: { customField: others.length > 0 ? others : undefined },
    });
  },
  ({ skill: skills }, { organizationId }) => {
    const [first] = skills ?? [];
    if (!skills || !first) return undefined;
    return through(by(skill, "skill_by_name"), {
      ...{ id: skill.candidateId, key: skill.organizationId, value: sql`${organizationId}`, isLane: isSkill(first) },
      told: { skill: rest(skills) },
    });
  },
  ({ employer }, { organizationId }) =>
    employer === undefined
      ? undefined
      : through(by(experience, "experience_by_employer"), {
          ...{ id: experience.candidateId, key: experience.organizationId, value: sql`${organizationId}` },
          ...{ isLane: eq(experience.employerFolded, folded(employer)), told: { employer: undefined }, repeats: true },
        }),
  ({ stageId }, scope) =>
    stageId === undefined || !seesPipelines(scope)
      ? undefined
      : through(by(placement, "placement_by_candidate"), {
          ...{ id: placement.candidateId, key: placement.stageId, value: ownId(stage, stageId, scope), isLane: stands },
        }),
  ({ roleId }, scope) =>
    roleId &&
    through(by(refcheck, "refcheck_once"), {
      id: refcheck.candidateId,
      key: refcheck.roleId,
      value: ownId(role, roleId, scope),
    }),
  ({ projectId }, scope) =>
    projectId &&
    through(by(interview, "interview_once"), {
      id: interview.candidateId,
      key: interview.projectId,
      value: ownId(project, projectId, scope),
    }),
  ({ pipelineId }, scope) =>
    pipelineId === undefined || !seesPipelines(scope)
      ? undefined
      : through(by(placement, "placement_candidate_once"), {
          ...{
            id: placement.candidateId,
            key: placement.pipelineId,
            value: ownId(pipeline, pipelineId, scope),
            isLane: stands,
          },
        }),
  ({ tag: tags }, { organizationId }) => {
    const [first] = tags ?? [];
    if (!tags || first === undefined) return undefined;
    const { candidateId: id, organizationId: key } = candidateTag;
    return through(sql`${candidateTag}`, {
      ...{ id, key, value: sql`${organizationId}`, isLane: eq(candidateTag.tag, first), told: { tag: rest(tags) } },
    });
  },
  ({ source }, scope) =>
    source === undefined
      ? undefined
      : own(scope, "candidate_by_source", { source: undefined }, eq(candidate.source, source)),
  (filters, scope) => {
    const status = statusOf(filters);
    if (status === undefined) return undefined;
    const told = { status: filters.status === status ? undefined : filters.status };
    return own(scope, "candidate_by_status", told, eq(candidate.status, status));
  },
];

/** Only who is hired has a day on which they were, and only who is rejected one of that. */
function statusOf({ status, hiredFrom, hiredTo, rejectedFrom, rejectedTo }: Filters): Filters["status"] {
  if (hiredFrom !== undefined || hiredTo !== undefined) return "HIRED";
  if (rejectedFrom !== undefined || rejectedTo !== undefined) return "REJECTED";
  return status;
}

/** Who alone can be meant: whose address it is, or was a merged record's, or who goes by that elsewhere, one a system. Null where that is not asked. */
export function namedBy({ organizationId }: MemberScope, { email, externalId }: Filters): SQL | null {
  if (email !== undefined) {
    const isTheirs = and(eq(candidate.organizationId, organizationId), eq(candidate.email, email));
    const was = and(eq(formerCandidate.organizationId, organizationId), eq(formerCandidate.email, email));
    return sql`select ${candidate.id} as id from ${candidate} where ${isTheirs} union all select ${formerCandidate.candidateId} from ${formerCandidate} where ${was}`;
  }
  if (!externalId) return null;
  const { candidateId, ...of } = candidateExternalId;
  const isIt = and(eq(of.organizationId, organizationId), eq(of.externalId, externalId.id));
  return sql`select ${candidateId} as id from ${by(candidateExternalId, "external_id_in_any")} where ${isIt}`;
}

/** What is walked through. */
export function laneOf(scope: MemberScope, filters: Filters): Lane {
  for (const lane of lanes) {
    const found = lane(filters, scope);
    if (found) return found;
  }
  return own(scope, "candidate_of_organization", {});
}

/** The fields that are asked by. */
export function soughtFields({ organizationId }: MemberScope, { customField = [] }: Filters) {
  const keys = JSON.stringify(customField.map(({ key }) => key));
  return all(
    build
      .select({ key: field.key, type: field.type })
      .from(field)
      .where(
        and(eq(field.organizationId, organizationId), sql`${field.key} in (select value from json_each(${keys}))`),
      ),
  );
}
