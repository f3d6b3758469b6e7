import { and, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import { roleTemplate } from "../../db/schema/index.ts";
import { contains } from "../../db/search.ts";
import { all, build, first, mustHaveChanged, run, type Statement, stays } from "../../db/statement.ts";
import { folded } from "../kernel/fold.ts";
import type { RoleTemplateId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import type { EditRoleTemplate, ListRoleTemplates } from "./contract.ts";

const { titleFolded: _, organizationId: __, questionnaire, ...columns } = getTableColumns(roleTemplate);

const isOwn = (scope: MemberScope, id: RoleTemplateId): SQL =>
  sql`${roleTemplate.id} = ${id} and ${roleTemplate.organizationId} = ${scope.organizationId}`;

export function templateById(scope: MemberScope, id: RoleTemplateId) {
  return first(
    build
      .select({ ...columns, questionnaire })
      .from(roleTemplate)
      .where(isOwn(scope, id)),
  );
}

type NewTemplate = Omit<typeof roleTemplate.$inferInsert, "organizationId" | "titleFolded">;

export function insertTemplate({ organizationId }: MemberScope, values: NewTemplate): Statement<number> {
  return run(build.insert(roleTemplate).values({ ...values, organizationId, titleFolded: folded(values.title) }));
}

export function updateTemplate(scope: MemberScope, { roleTemplateId, ...values }: EditRoleTemplate) {
  const titleFolded = values.title && folded(values.title);
  const changed = build.update(roleTemplate).set({ ...values, titleFolded, ...stays(roleTemplate.createdAt) });
  return [run(changed.where(isOwn(scope, roleTemplateId))), mustHaveChanged("not_found")] as const;
}

export function deleteTemplate(scope: MemberScope, id: RoleTemplateId) {
  return [run(build.delete(roleTemplate).where(isOwn(scope, id))), mustHaveChanged("not_found")] as const;
}

/** Oldest first. */
export function listTemplates(scope: MemberScope, { search }: ListRoleTemplates, after: string | null, size: number) {
  return all(
    build
      .select(columns)
      .from(roleTemplate)
      .where(
        and(
          eq(roleTemplate.organizationId, scope.organizationId),
          search === undefined ? undefined : contains(roleTemplate.titleFolded, search),
          after === null ? undefined : sql`${roleTemplate.id} > ${after}`,
        ),
      )
      .orderBy(roleTemplate.id)
      .limit(size),
  );
}
