import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { builtInTemplate, ownTemplate } from "../role-template/actions.ts";
import type { Terms } from "../role-template/contract.ts";
import { teamIsOpen } from "../team/actions.ts";
import type { CreateRole, EditRole, ListRoles, RoleIn, RoleInFull, SetQuestionnaire } from "./contract.ts";
import * as store from "./store.ts";

/** For the reads and writes of other slices. */
export { mustBeOpen, seesTeam } from "./store.ts";

/** The template's, but for what was said otherwise. */
function termsOver(template: Terms, said: { readonly [Name in keyof Terms]?: Terms[Name] | undefined }): Terms {
  const { periodMonths = template.periodMonths } = said;
  return {
    referencesRequired: said.referencesRequired ?? template.referencesRequired,
    referencesOptional: said.referencesOptional ?? template.referencesOptional,
    relationships: said.relationships ?? template.relationships,
    periodMonths,
    completeWithinDays: said.completeWithinDays ?? template.completeWithinDays,
    answersShared: said.answersShared ?? template.answersShared,
  };
}

type Template = ReturnType<ReturnType<typeof ownTemplate>["read"]>;

/**
 * A role made from a template for a team, with the template's questionnaire as its first, for the caller's own read and write: what to read,
 * what to write, and what there is then.
 */
export const roleSentence = {
  template: (scope: MemberScope, { roleTemplateId }: CreateRole) => ownTemplate(scope, roleTemplateId),
  /** Refuses with `not_found` for a template that is not the organization's; the guard for a team that is not, and with `team_archived`. */
  made(deps: Deps, scope: MemberScope, input: CreateRole, own: Template) {
    const { roleTemplateId, teamId, internalId } = input;
    const template = builtInTemplate(roleTemplateId) ?? own;
    if (!template) return refuse("not_found");
    const [id, createdAt, revision] = [deps.newId("rol"), deps.now(), 1];
    const title = input.title ?? template.title;
    const role = { id, title, ...termsOver(template, input), internalId, revision, status: "open" as const };
    return {
      role,
      guard: teamId === undefined ? [] : teamIsOpen(scope, teamId),
      sentence: [
        store.insertRole(scope, { ...role, teamId, createdAt }),
        store.insertQuestionnaire(scope, { roleId: id, revision, content: template.questionnaire, createdAt }),
      ],
    };
  },
  shown: store.roleById,
};

/** Counts for refchecks made from now on. Refuses with `not_found`, `role_closed`. */
export async function editRole(deps: Deps, scope: MemberScope, input: EditRole): Promise<RoleInFull> {
  const [, , , edited] = await deps.db.write([
    store.mustSee(scope, input.roleId),
    store.mustBeOpen(scope, input.roleId),
    store.updateRole(scope, input),
    store.roleById(scope, input.roleId),
  ]);
  return edited ?? refuse("not_found");
}

/**
 * Writes the role's next questionnaire; refchecks keep the one they were made with. Refuses with `not_found`, `role_closed`, and
 * `moved_on` when the present one is not the one the caller started from.
 */
export async function setQuestionnaire(
  deps: Deps,
  scope: MemberScope,
  { roleId, revision, questionnaire }: SetQuestionnaire,
): Promise<RoleInFull> {
  const next = { roleId, revision: revision + 1, content: questionnaire, createdAt: deps.now() };
  const [, , , , , changed] = await deps.db.write([
    store.mustSee(scope, roleId),
    store.mustBeOpen(scope, roleId),
    ...store.advanceRevision(scope, roleId, revision),
    store.insertQuestionnaire(scope, next),
    store.roleById(scope, roleId),
  ]);
  return changed ?? refuse("not_found");
}

/** For good: nobody is considered for it any more, and what there is stays readable. Refuses with `not_found`, `role_closed`. */
export async function closeRole(deps: Deps, scope: MemberScope, { roleId }: RoleIn): Promise<RoleInFull> {
  const [, , , closed] = await deps.db.write([
    store.mustSee(scope, roleId),
    ...store.closeRole(scope, roleId, deps.now()),
    store.roleById(scope, roleId),
  ]);
  return closed ?? refuse("not_found");
}

/** The role with its present questionnaire. Refuses with `not_found`. */
export async function getRole(deps: Deps, scope: MemberScope, { roleId }: RoleIn): Promise<RoleInFull> {
  const { found } = await deps.db.read({ found: store.roleById(scope, roleId) });
  return found ?? refuse("not_found");
}

/** The organization's roles, newest first; to a hiring manager, those of the teams they are in. */
export async function listRoles(deps: Deps, scope: MemberScope, input: ListRoles) {
  const [before = null] = keysOfCursor("roles", input.cursor, ["string"]) ?? [];
  const { rows } = await deps.db.read({ rows: store.listRoles(scope, input, before) });
  return toPage(rows, input.size, ({ id }) => encodeCursor("roles", [id]));
}
