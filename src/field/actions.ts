// What an organization keeps of its candidates besides what everybody does. The values are record/'s.
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { FieldId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import type { CreateField, EditField, Field, FieldIn, Fields, SetFieldOrder } from "./contract.ts";
import { takesChoices } from "./policy.ts";
import * as store from "./store.ts";

/** For records of candidates: what stands in their own reads and writes. */
export { enterValues, fieldIdOf, fieldsOf, patchOf, putValues } from "./store.ts";

/** All there are, in their order. */
export async function listFields(deps: Deps, scope: MemberScope): Promise<Fields> {
  return deps.db.read({ fields: store.fieldsOf(scope) });
}

/** Behind the others. Refuses with `field_key_taken`, and with `list_full` and `{ max }`. */
export async function createField(deps: Deps, scope: MemberScope, input: CreateField): Promise<Field> {
  const made = { ...input, id: deps.newId("fld"), version: 1, createdAt: deps.now(), archivedAt: null };
  await deps.db.write([store.insertField(scope, made), ...store.mustFit(scope)]);
  return made;
}

type Changed = Partial<Pick<Field, "name" | "isRequired" | "choices" | "archivedAt">>;

async function changed(
  deps: Deps,
  scope: MemberScope,
  fieldId: FieldId,
  change: (before: Field) => Changed,
): Promise<Field> {
  const { before } = await deps.db.read({ before: store.fieldById(scope, fieldId) });
  if (!before) return refuse("not_found");
  const values = change(before);
  await deps.db.write([...store.updateField(scope, before, values), ...store.mustFit(scope)]);
  return { ...before, ...values, version: before.version + 1 };
}

/**
 * Renaming keeps the values. A choice that is left out stays with whoever has it and is given to nobody else. Refuses with `not_found`,
 * `moved_on` to whoever was slower, and `bad_input` for choices of a type that has none.
 */
export function editField(deps: Deps, scope: MemberScope, { fieldId, ...input }: EditField): Promise<Field> {
  return changed(deps, scope, fieldId, ({ name, isRequired, choices, type }) => {
    if (input.choices && !takesChoices(type)) refuse("bad_input", { field: "choices" });
    return {
      name: input.name ?? name,
      isRequired: input.isRequired ?? isRequired,
      choices: input.choices ?? choices,
    };
  });
}

/** Its values stay to be read. Refuses with `not_found`, and `moved_on` to whoever was slower. */
export function archiveField(deps: Deps, scope: MemberScope, { fieldId }: FieldIn): Promise<Field> {
  return changed(deps, scope, fieldId, ({ archivedAt }) => ({ archivedAt: archivedAt ?? deps.now() }));
}

/** As it was, with its values. Refuses as `archiveField` does, and with `list_full` and `{ max }`. */
export function restoreField(deps: Deps, scope: MemberScope, { fieldId }: FieldIn): Promise<Field> {
  return changed(deps, scope, fieldId, () => ({ archivedAt: null }));
}

/** Refuses with `moved_on` where these are not all that are open. */
export async function setFieldOrder(deps: Deps, scope: MemberScope, { fieldIds }: SetFieldOrder): Promise<Fields> {
  return deps.db.writeThenRead([store.mustBeAllOpen(scope, fieldIds), store.setOrder(scope, fieldIds)], {
    fields: store.fieldsOf(scope),
  });
}
