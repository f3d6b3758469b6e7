import { builtInTemplates } from "../catalog/role-templates.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import { folded } from "../kernel/fold.ts";
import type { RoleTemplateId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import type { MemberScope } from "../kernel/scope.ts";
import type {
  CreateRoleTemplate,
  EditRoleTemplate,
  ListRoleTemplates,
  RoleTemplateIn,
  RoleTemplateInFull,
} from "./contract.ts";
import * as store from "./store.ts";

/** For the read of whoever makes a role. */
export const ownTemplate = store.templateById;

export function builtInTemplate(id: RoleTemplateId): RoleTemplateInFull | undefined {
  return builtInTemplates.find((template) => template.id === id);
}

/** A template of the organization's own. */
export async function createRoleTemplate(
  deps: Deps,
  scope: MemberScope,
  input: CreateRoleTemplate,
): Promise<RoleTemplateInFull> {
  const template = { ...input, id: deps.newId("rtp"), createdAt: deps.now() };
  await deps.db.write([store.insertTemplate(scope, template)]);
  return { ...template, isBuiltIn: false };
}

/** Changes what is given and leaves the rest; roles that were made from it stay what they are. Refuses with `not_found`, `built_in`. */
export async function editRoleTemplate(deps: Deps, scope: MemberScope, input: EditRoleTemplate) {
  const { roleTemplateId } = input;
  if (builtInTemplate(roleTemplateId)) return refuse("built_in");
  const [, , edited] = await deps.db.write([
    ...store.updateTemplate(scope, input),
    store.templateById(scope, roleTemplateId),
  ]);
  return edited ? { ...edited, isBuiltIn: false } : refuse("not_found");
}

/** Roles that were made from it stay what they are. Refuses with `not_found`, `built_in`. */
export async function removeRoleTemplate(deps: Deps, scope: MemberScope, { roleTemplateId }: RoleTemplateIn) {
  if (builtInTemplate(roleTemplateId)) return refuse("built_in");
  await deps.db.write([...store.deleteTemplate(scope, roleTemplateId)]);
  return { done: true as const };
}

/** Refuses with `not_found`. */
export async function getRoleTemplate(
  deps: Deps,
  scope: MemberScope,
  { roleTemplateId }: RoleTemplateIn,
): Promise<RoleTemplateInFull> {
  // Asked also for one that is built in: whoever has no session gets nothing.
  const { own } = await deps.db.read({ own: store.templateById(scope, roleTemplateId) });
  return builtInTemplate(roleTemplateId) ?? (own ? { ...own, isBuiltIn: false } : refuse("not_found"));
}

/** Those that are built in, then the organization's own, oldest first. */
export async function listRoleTemplates(deps: Deps, scope: MemberScope, input: ListRoleTemplates) {
  const [after = null] = keysOfCursor("role templates", input.cursor, ["string"]) ?? [];
  const wanted = input.search === undefined ? "" : folded(input.search);
  const builtIn = builtInTemplates.filter(
    ({ id, title }) => folded(title).includes(wanted) && (after === null || id > after),
  );
  const { own } = await deps.db.read({ own: store.listTemplates(scope, input, after, input.size + 1) });
  // Their ids come before any that is ever given out, which begins with the time.
  const rows = [...builtIn, ...own.map((template) => ({ ...template, isBuiltIn: false }))];
  return toPage(rows.slice(0, input.size + 1), input.size, ({ id }) => encodeCursor("role templates", [id]));
}
