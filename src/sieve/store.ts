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
  meeting,
  meetingInterviewer,
  note,
  pipeline,
  placement,
  project,
  projectRole,
  refcheck,
  role,
  skill,
  stage,
  teamMember,
} from "../../db/schema/index.ts";
import { contains, isShort, mentionsOf } from "../../db/search.ts";
import { all, build, listOf, ownId } from "../../db/statement.ts";
import { skillLevels } from "../background/policy.ts";
import { candidateRatingFor } from "../feedback/actions.ts";
import { fieldIdOf } from "../field/actions.ts";
import { reachesInterview } from "../interview/actions.ts";
import { folded } from "../kernel/fold.ts";
import { idSpan } from "../kernel/ids.ts";
import { hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import { phonePart } from "../kernel/shapes.ts";
import { pipelinePolicy } from "../pipeline/policy.ts";
import { reachesRefcheck } from "../refcheck/actions.ts";
import { reachesCandidate } from "../sight/actions.ts";
import { everyCandidate } from "../sight/policy.ts";
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
function wordsOf({ search }: Filters): string[] | null {
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
function soughtBy(scope: MemberScope, filters: Filters): SQL | undefined {
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
const by = (table: SQL | object, index: string) => sql`${table} indexed by ${sql.raw(index)}`;

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
function namedBy({ organizationId }: MemberScope, { email, externalId }: Filters): SQL | null {
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
function laneOf(scope: MemberScope, filters: Filters): Lane {
  for (const lane of lanes) {
    const found = lane(filters, scope);
    if (found) return found;
  }
  return own(scope, "candidate_of_organization", {});
}

// A list is walked through newest first, along the lane of one of its filters, else of all that the organization has. What the lane does not
// tell is looked at on the way, and after `looksMax` the page ends, full or not: `stop` says where the next goes on (decision 025). Where few are
// meant, at most `fewMax`, they are gathered and sorted: those a text is said of (decision 030), and those a member sees (decision 017).

export type Walk = {
  readonly filters: Filters;
  /** Behind this one of them. */
  readonly before: string | null;
  readonly looksMax: number;
  /** Where what is walked through holds no more than so many, all of it is looked at. */
  readonly wholeMax: number;
  readonly fewMax: number;
};

/** Whom a member has an interview or a refcheck to see of, or meets, as often as they do; of very many, some. */
function ownOf({ memberId }: MemberScope, fewMax: number): SQL {
  const projects = sql`select ${projectRole.projectId} from ${projectRole} where ${projectRole.memberId} = ${memberId}`;
  const teams = sql`select ${teamMember.teamId} from ${teamMember} where ${teamMember.memberId} = ${memberId}`;
  const byInterview = sql`select ${interview.candidateId} as id from ${interview} indexed by interview_once where ${interview.projectId} in (${projects}) limit ${fewMax} + 1`;
  const byRefcheck = sql`select ${refcheck.candidateId} as id from ${refcheck} indexed by refcheck_of_team where ${refcheck.teamId} in (${teams}) limit ${fewMax} + 1`;
  const byMeeting = sql`select ${meeting.candidateId} as id from ${meetingInterviewer} cross join ${meeting} on ${meeting.id} = ${meetingInterviewer.meetingId} where ${meetingInterviewer.memberId} = ${memberId} limit ${fewMax} + 1`;
  return sql`select id from (${byInterview}) union all select id from (${byRefcheck}) union all select id from (${byMeeting})`;
}

/** Candidates by their numbers, as often as they come: that is the table's own key, so that each is looked up once. */
type Few = { readonly parts: readonly SQL[]; readonly areFew: SQL; readonly numbers: SQL; readonly areSeen?: true };

const numbersOf = (ids: SQL) =>
  sql`select ${candidate.number} from (${ids}) as those cross join ${by(candidate, "candidate_id_unique")} on ${candidate.id} = those.id`;

/** Whom a filter names. */
function namedOf(scope: MemberScope, { filters }: Walk): Few | null {
  const ids = namedBy(scope, filters);
  return ids && { parts: [], areFew: sql`1`, numbers: numbersOf(ids) };
}

/** Where a text is said oftener it is dearer to gather its places than to walk. */
const mentionsMax = 2_000;

/** Of whom something like what is searched is said; null where that is not looked up. */
function mentionedOf({ organizationId }: MemberScope, { filters, fewMax }: Walk): Few | null {
  const words = wordsOf(filters);
  if (words === null) return null;
  const most = Math.min(fewMax, mentionsMax);
  const { hit, numbers } = mentionsOf(organizationId, words, most + 1);
  return { parts: [sql`hit as materialized (${hit})`], areFew: sql`(select count(*) from hit) <= ${most}`, numbers };
}

/** Whom a member sees; null where that is everybody. */
function seenBy(scope: MemberScope, { fewMax }: Walk): Few | null {
  if (hasAtLeast(scope.access, everyCandidate)) return null;
  const parts = [sql`own as materialized (${ownOf(scope, fewMax)})`];
  const areFew = sql`(select count(*) from own) <= ${fewMax}`;
  return { parts, areFew, numbers: numbersOf(sql`select id from own`), areSeen: true };
}

/** What the ids are made of, and they in order; and whether it stops looking somewhere: where it looks at more than what it shows. */
export function walkOf(scope: MemberScope, asked: Walk) {
  const { filters, before, looksMax, wholeMax } = asked;
  const { along, looked, id, key, value, isLane, told, repeats } = laneOf(scope, filters);
  const seesAll = hasAtLeast(scope.access, everyCandidate);
  const { from, to } = idSpan("cnd", filters, before);
  const ways = [namedOf(scope, asked), mentionedOf(scope, asked), seenBy(scope, asked)];
  const few = ways.filter((one) => one !== null);
  const areFew =
    few.length > 0
      ? sql`(${sql.join(
          few.map((one) => one.areFew),
          sql` or `,
        )})`
      : null;
  const isBefore = (one: typeof id) => (to === null ? undefined : sql`${one} < ${to}`);
  const reaches = seesAll ? undefined : reachesCandidate(scope);
  const isOwn = sql`+${candidate.organizationId} = ${scope.organizationId}`;
  const isMeant = and(along === looked ? undefined : isOwn, soughtBy(scope, { ...filters, ...told }), reaches);
  // Within the key that is looked for: SQLite asks a condition with a query in it anew at every row it walks.
  const ofWhom = areFew ? sql`(select ${value} where not ${areFew})` : value;
  const inLane = and(sql`${key} = ${ofWhom}`, isLane, isBefore(id));
  const newest = sql`order by ${id} desc`;
  // One lower bound, not two: SQLite begins at one of them and looks at each row for the other.
  const since = isMeant ? sql`${id} >= coalesce((select id from stop), ${from})` : sql`${id} >= ${from}`;
  const inReach = and(inLane, sql`${id} >= ${from}`);
  const isLong = sql`exists (select 1 from ${along} where ${inReach} limit 1 offset ${wholeMax})`;
  const last = wholeMax > looksMax ? sql`iif(${isLong}, ${looksMax - 1}, ${wholeMax})` : sql`${looksMax - 1}`;
  // The first way that has few: another has them too, or more.
  const gathered = few.map(({ numbers, areFew: are }, nth) => {
    const isFirst = few.slice(0, nth).map((one) => sql` and not ${one.areFew}`);
    return sql`select number from (${numbers}) where ${are}${sql.join(isFirst, sql``)}`;
  });
  const isOfFew = and(
    isOwn,
    isBefore(candidate.id),
    sql`${candidate.id} >= ${from}`,
    soughtBy(scope, filters),
    few.some(({ areSeen }) => !areSeen) ? reaches : undefined,
  );
  const parts = [
    ...few.flatMap((one) => one.parts),
    // Whoever is meant of few is looked for once, for the page and for the total.
    ...(areFew
      ? [
          sql`few as materialized (select distinct number from (${sql.join(gathered, sql` union all `)}))`,
          sql`meant as materialized (select ${candidate.id} as id from few cross join ${candidate} on ${candidate.number} = few.number where ${isOfFew})`,
        ]
      : []),
    ...(isMeant
      ? [sql`stop as materialized (select ${id} as id from ${along} where ${inReach} ${newest} limit 1 offset ${last})`]
      : []),
  ];
  const begun = parts.length > 0 ? sql`with ${sql.join(parts, sql`, `)} ` : sql``;
  const once = repeats ? sql`distinct ` : sql``;
  const ids = (take: number, skip: number) => {
    const cut = sql`limit ${take} offset ${skip}`;
    const walked = sql`select ${once}${id} as id from ${isMeant || repeats ? looked : along} where ${and(inLane, since, isMeant)} ${newest} ${cut}`;
    if (!areFew) return walked;
    const sorted = sql`select id from meant order by id desc ${cut}`;
    return sql`select id from (${walked}) union all select id from (${sorted})`;
  };
  return { begun, ids, stops: isMeant !== undefined };
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
