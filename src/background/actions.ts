import type { CandidateIn } from "../candidate/contract.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { isSeenCandidate, mustSeeCandidate } from "../sight/actions.ts";
import type {
  AddEducation,
  AddExperience,
  AddSkills,
  Background,
  EditEducation,
  EditExperience,
  Education,
  EducationIn,
  Experience,
  ExperienceIn,
  RemoveSkill,
  Skills,
} from "./contract.ts";
import * as store from "./store.ts";

/** All that is known of a candidate's past. Refuses with `not_found`. */
export async function getBackground(deps: Deps, scope: MemberScope, { candidateId }: CandidateIn): Promise<Background> {
  const { isSeen, ...background } = await deps.db.read({
    isSeen: isSeenCandidate(scope, candidateId),
    ...store.backgroundOf(scope, candidateId),
  });
  return isSeen ? background : refuse("not_found");
}

/**
 * Many at once, all or none (applicant-tracking, add skills). Answers all that the candidate has then. Refuses with `not_found`, and with `list_full` and `{ max }`.
 */
export async function addSkills(deps: Deps, scope: MemberScope, input: AddSkills): Promise<Skills> {
  const { candidateId, skills } = input;
  return deps.db.writeThenRead([mustSeeCandidate(scope, candidateId), ...store.putSkills(scope, candidateId, skills)], {
    skills: store.skillsOf(scope, candidateId),
  });
}

/** By its name, in whatever case. Refuses with `not_found`. */
export async function removeSkill(deps: Deps, scope: MemberScope, { candidateId, name }: RemoveSkill) {
  await deps.db.write(store.deleteSkill(scope, candidateId, name));
  return { done: true as const };
}

/** Refuses with `not_found`, and with `list_full` and `{ max }`. */
export async function addExperience(deps: Deps, scope: MemberScope, input: AddExperience): Promise<Experience> {
  const added = { ...input, id: deps.newId("exp"), createdAt: deps.now() };
  await deps.db.write([mustSeeCandidate(scope, input.candidateId), ...store.insertExperience(scope, added)]);
  return added;
}

/** Changes what is given and leaves the rest. Refuses with `not_found`. */
export async function editExperience(deps: Deps, scope: MemberScope, input: EditExperience): Promise<Experience> {
  const { experienceId, ...changes } = input;
  const [, , edited] = await deps.db.write(store.updateExperience(scope, experienceId, changes));
  return edited ?? refuse("not_found");
}

/** Refuses with `not_found`. */
export async function removeExperience(deps: Deps, scope: MemberScope, { experienceId }: ExperienceIn) {
  await deps.db.write(store.deleteExperience(scope, experienceId));
  return { done: true as const };
}

/** Refuses with `not_found`, and with `list_full` and `{ max }`. */
export async function addEducation(deps: Deps, scope: MemberScope, input: AddEducation): Promise<Education> {
  const added = { ...input, id: deps.newId("edu"), createdAt: deps.now() };
  await deps.db.write([mustSeeCandidate(scope, input.candidateId), ...store.insertEducation(scope, added)]);
  return added;
}

/** Changes what is given and leaves the rest. Refuses with `not_found`. */
export async function editEducation(deps: Deps, scope: MemberScope, input: EditEducation): Promise<Education> {
  const { educationId, ...changes } = input;
  const [, , edited] = await deps.db.write(store.updateEducation(scope, educationId, changes));
  return edited ?? refuse("not_found");
}

/** Refuses with `not_found`. */
export async function removeEducation(deps: Deps, scope: MemberScope, { educationId }: EducationIn) {
  await deps.db.write(store.deleteEducation(scope, educationId));
  return { done: true as const };
}
