import { and, eq, getTableColumns, sql } from "drizzle-orm";
import { education, experience, skill } from "../../db/schema/index.ts";
import { all, build, first, must, mustHaveChanged, raw, run, type Statement, stays } from "../../db/statement.ts";
import { folded } from "../kernel/fold.ts";
import type { CandidateId, EducationId, ExperienceId } from "../kernel/ids.ts";
import { monthColumns } from "../kernel/months.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { seesCandidate } from "../sight/actions.ts";
import type { Education, Experience, Skill } from "./contract.ts";
import { entriesMax, mergedEntriesMax } from "./policy.ts";

type Kind = typeof skill | typeof experience | typeof education;

/** Of this candidate, as this member sees them. */
function isOf(scope: MemberScope, kind: Kind, candidateId: CandidateId) {
  const isTheirs = and(eq(kind.candidateId, candidateId), eq(kind.organizationId, scope.organizationId));
  return and(isTheirs, seesCandidate(scope, candidateId));
}

function isThis(scope: MemberScope, kind: typeof experience | typeof education, id: ExperienceId | EducationId) {
  const isIt = and(sql`${kind.id} = ${id}`, eq(kind.organizationId, scope.organizationId));
  return and(isIt, seesCandidate(scope, kind.candidateId));
}

/** Ends every sentence that adds: with one too many nothing of it stays. */
function mustFit(kind: Kind, candidateId: CandidateId): Statement<void> {
  const count = sql`(select count(*) from ${kind} where ${kind.candidateId} = ${candidateId})`;
  return must(sql`${count} <= ${entriesMax}`, "list_full", { max: entriesMax });
}

const { number: _, organizationId: __, employerFolded: ___, ...columnsOfExperience } = getTableColumns(experience);
const { workedFrom, workedTo, employer, ...ownOfExperience } = columnsOfExperience;
const shownExperience = {
  ...ownOfExperience,
  organization: employer,
  worked: sql<Experience["worked"]>`iif(${workedFrom} is null, null, json_array(${workedFrom}, ${workedTo}))`.mapWith({
    mapFromDriverValue: (value: string) => {
      const [from, to]: [string, string | null] = JSON.parse(value);
      return { from, to };
    },
  }),
};
const { organizationId: ____, ...shownEducation } = getTableColumns(education);
const shownSkill = { name: skill.name, level: skill.level };

export function skillsOf(scope: MemberScope, candidateId: CandidateId) {
  const theirs = build
    .select(shownSkill)
    .from(skill)
    .where(isOf(scope, skill, candidateId));
  return all(theirs.orderBy(skill.nameFolded).limit(mergedEntriesMax));
}

export function backgroundOf(scope: MemberScope, candidateId: CandidateId) {
  const worked = build
    .select(shownExperience)
    .from(experience)
    .where(isOf(scope, experience, candidateId));
  const learned = build
    .select(shownEducation)
    .from(education)
    .where(isOf(scope, education, candidateId));
  return {
    skills: skillsOf(scope, candidateId),
    experience: all(worked.orderBy(experience.id).limit(mergedEntriesMax)),
    education: all(learned.orderBy(education.id).limit(mergedEntriesMax)),
  };
}

/** Of what is named twice the last counts. */
export function putSkills(
  { organizationId }: MemberScope,
  candidateId: CandidateId,
  skills: readonly Skill[],
): Statement<void>[] {
  const rows = JSON.stringify(skills.map(({ name, level }) => [folded(name), name, level]));
  return [
    raw(
      sql`insert into ${skill} (candidate_id, name_folded, organization_id, name, level)
        select ${candidateId}, value ->> 0, ${organizationId}, value ->> 1, value ->> 2 from json_each(${rows}) where true
        on conflict (candidate_id, name_folded) do update set name = excluded.name, level = excluded.level`,
      () => undefined,
    ),
    mustFit(skill, candidateId),
  ];
}

export function deleteSkill(scope: MemberScope, candidateId: CandidateId, name: string): Statement<unknown>[] {
  const isIt = and(eq(skill.nameFolded, folded(name)), isOf(scope, skill, candidateId));
  return [run(build.delete(skill).where(isIt)), mustHaveChanged("not_found")];
}

/** Undefined stays. */
function employerColumns<Name extends string | null | undefined>(employer: Name) {
  return { employer, employerFolded: typeof employer === "string" ? folded(employer) : employer };
}

export function insertExperience(
  { organizationId }: MemberScope,
  { organization, worked, ...values }: Experience,
): Statement<unknown>[] {
  const row = { ...values, ...monthColumns(worked), ...employerColumns(organization), organizationId };
  return [run(build.insert(experience).values(row)), mustFit(experience, values.candidateId)];
}

type Changes<Entry> = { readonly [Name in keyof Entry]?: Entry[Name] | undefined };

/** And what it is then. */
export function updateExperience(
  scope: MemberScope,
  id: ExperienceId,
  { organization, worked, ...values }: Changes<Omit<Experience, "id" | "candidateId" | "createdAt">>,
) {
  const isIt = isThis(scope, experience, id);
  const changed = { ...values, ...employerColumns(organization), ...(worked !== undefined && monthColumns(worked)) };
  const edited = build.update(experience).set({ ...changed, ...stays(experience.createdAt) });
  const shown = build.select(shownExperience).from(experience).where(isIt);
  return [run(edited.where(isIt)), mustHaveChanged("not_found"), first(shown)] as const;
}

export function deleteExperience(scope: MemberScope, id: ExperienceId): Statement<unknown>[] {
  return [run(build.delete(experience).where(isThis(scope, experience, id))), mustHaveChanged("not_found")];
}

export function insertEducation({ organizationId }: MemberScope, values: Education): Statement<unknown>[] {
  const row = { ...values, organizationId };
  return [run(build.insert(education).values(row)), mustFit(education, values.candidateId)];
}

/** And what it is then. */
export function updateEducation(
  scope: MemberScope,
  id: EducationId,
  values: Changes<Omit<Education, "id" | "candidateId" | "createdAt">>,
) {
  const isIt = isThis(scope, education, id);
  const edited = build.update(education).set({ ...values, ...stays(education.createdAt) });
  const shown = build.select(shownEducation).from(education).where(isIt);
  return [run(edited.where(isIt)), mustHaveChanged("not_found"), first(shown)] as const;
}

export function deleteEducation(scope: MemberScope, id: EducationId): Statement<unknown>[] {
  return [run(build.delete(education).where(isThis(scope, education, id))), mustHaveChanged("not_found")];
}
