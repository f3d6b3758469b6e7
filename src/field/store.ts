import { and, eq, getTableColumns, isNull, type SQL, sql } from "drizzle-orm";
import { candidateField, field } from "../../db/schema/index.ts";
import { all, build, first, must, mustHaveChanged, raw, run, type Statement, unlessTaken } from "../../db/statement.ts";
import type { CandidateId, FieldId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { type Change, everMax, fieldsMax, soughtFor } from "./policy.ts";

const { organizationId: _, position: __, ...columns } = getTableColumns(field);

const isOf = ({ organizationId }: MemberScope) => eq(field.organizationId, organizationId);
const isThis = (scope: MemberScope, fieldId: FieldId) => and(eq(field.id, fieldId), isOf(scope));
const isOpen = isNull(field.archivedAt);
const openOf = ({ organizationId }: MemberScope) =>
  sql`${field.organizationId} = ${organizationId} and ${field.archivedAt} is null`;

/** In their order, archived ones among them. */
export function fieldsOf(scope: MemberScope) {
  return all(build.select(columns).from(field).where(isOf(scope)).orderBy(field.position, field.id).limit(everMax));
}

export function fieldById(scope: MemberScope, fieldId: FieldId) {
  return first(build.select(columns).from(field).where(isThis(scope, fieldId)));
}

/** The one with this key, archived or not. */
export function fieldIdOf({ organizationId }: MemberScope, key: string): SQL {
  return sql`(select ${field.id} from ${field} where ${field.organizationId} = ${organizationId} and ${field.key} = ${key})`;
}

/** Ends every sentence that adds an open one. */
export function mustFit(scope: MemberScope): Statement<void>[] {
  const ever = sql`(select count(*) from ${field} where ${field.organizationId} = ${scope.organizationId})`;
  const open = sql`(select count(*) from ${field} where ${openOf(scope)})`;
  return [
    must(sql`${open} <= ${fieldsMax}`, "list_full", { max: fieldsMax }),
    must(sql`${ever} <= ${everMax}`, "list_full", { max: everMax }),
  ];
}

/** Behind the others. */
export function insertField(
  { organizationId }: MemberScope,
  values: Omit<typeof field.$inferInsert, "organizationId" | "position">,
): Statement<unknown> {
  const position = sql`(select coalesce(max(last.position), -1) + 1 from ${field} as last where last.organization_id = ${organizationId})`;
  return unlessTaken(run(build.insert(field).values({ ...values, organizationId, position })), "field_key_taken");
}

type Changed = Partial<Pick<typeof field.$inferInsert, "name" | "isRequired" | "choices" | "archivedAt">>;

/** Guarded by the version that was read. */
export function updateField(
  scope: MemberScope,
  { id, version }: { readonly id: FieldId; readonly version: number },
  values: Changed,
): Statement<unknown>[] {
  const next = sql`${field.version} + 1`;
  return [
    run(
      build
        .update(field)
        .set({ ...values, version: next })
        .where(and(isThis(scope, id), eq(field.version, version))),
    ),
    mustHaveChanged("moved_on"),
  ];
}

/** These are all that are open, no more and no fewer. */
export function mustBeAllOpen(scope: MemberScope, fieldIds: readonly FieldId[]): Statement<void> {
  const given = sql`(select value from json_each(${JSON.stringify(fieldIds)}))`;
  const open = sql`(select count(*) from ${field} where ${openOf(scope)})`;
  const named = sql`(select count(*) from ${field} where ${openOf(scope)} and ${field.id} in ${given})`;
  return must(sql`${open} = ${fieldIds.length} and ${named} = ${fieldIds.length}`, "moved_on");
}

export function setOrder(scope: MemberScope, fieldIds: readonly FieldId[]): Statement<number> {
  const places = JSON.stringify(fieldIds);
  const position = sql`(select key from json_each(${places}) where value = ${field.id})`;
  const isNamed = sql`${field.id} in (select value from json_each(${places}))`;
  return run(
    build
      .update(field)
      .set({ position })
      .where(and(isOf(scope), isOpen, isNamed)),
  );
}

// Values. A candidate's own row shows them; here they are looked for.

/** The fields these were judged by are what they were. */
function mustStand({ organizationId }: MemberScope, changes: readonly Change[]): Statement<void> {
  const judged = JSON.stringify([...new Map(changes.map(({ field: { id, version } }) => [id, version]))]);
  const isOther = sql`not exists (select 1 from ${field} where ${field.id} = one.value ->> 0 and ${field.organizationId} = ${organizationId} and ${field.version} = one.value ->> 1)`;
  return must(sql`not exists (select 1 from json_each(${judged}) as one where ${isOther})`, "moved_on");
}

type Given = { readonly candidateId: CandidateId; readonly changes: readonly Change[] };

function insertValues({ organizationId }: MemberScope, given: readonly Given[]): Statement<void> {
  const rows = given.flatMap(({ candidateId, changes }) =>
    changes.flatMap(({ field: { id }, value }) =>
      value === null
        ? []
        : soughtFor(value).map(({ text, number }, position) => [candidateId, id, position, text, number]),
    ),
  );
  return raw(
    sql`insert into ${candidateField} (candidate_id, field_id, position, organization_id, text_value, number_value)
        select value ->> 0, value ->> 1, value ->> 2, ${organizationId}, value ->> 3, value ->> 4 from json_each(${JSON.stringify(rows)})`,
    () => undefined,
  );
}

/** Of many who were entered before this in the same write: in two statements. Their own rows hold the same. */
export function enterValues(scope: MemberScope, given: readonly Given[]): Statement<void>[] {
  const changes = given.flatMap((one) => one.changes);
  return changes.length === 0 ? [] : [mustStand(scope, changes), insertValues(scope, given)];
}

/** In place of what a candidate had in these fields. Their own row is the caller's to write, with `patchOf`. */
export function putValues(
  scope: MemberScope,
  candidateId: CandidateId,
  changes: readonly Change[],
): Statement<unknown>[] {
  if (changes.length === 0) return [];
  const { organizationId } = scope;
  const ids = JSON.stringify(changes.map(({ field: { id } }) => id));
  const isTheirs = and(
    eq(candidateField.candidateId, candidateId),
    eq(candidateField.organizationId, organizationId),
    sql`${candidateField.fieldId} in (select value from json_each(${ids}))`,
  );
  return [
    mustStand(scope, changes),
    run(build.delete(candidateField).where(isTheirs)),
    insertValues(scope, [{ candidateId, changes }]),
  ];
}

/** A candidate's values with these changes in them; what was given meanwhile in other fields stays. */
export function patchOf(values: SQL, changes: readonly Change[]): SQL {
  const patch = Object.fromEntries(changes.map(({ field: { key }, value }) => [key, value]));
  return sql`json_patch(${values}, ${JSON.stringify(patch)})`;
}
