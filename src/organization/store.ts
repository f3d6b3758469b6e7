import { eq } from "drizzle-orm";
import { organization } from "../../db/schema/index.ts";
import { build, first, run, stays, unlessTaken } from "../../db/statement.ts";
import type { MemberScope } from "../kernel/scope.ts";
import type { EditOrganization } from "./contract.ts";

export function insertOrganization(values: typeof organization.$inferInsert) {
  return unlessTaken(run(build.insert(organization).values(values)), "slug_taken", { slug: values.slug });
}

export function ownOrganization(scope: MemberScope) {
  return first(build.select().from(organization).where(eq(organization.id, scope.organizationId)));
}

export function updateOrganization(scope: MemberScope, values: EditOrganization) {
  return unlessTaken(
    first(
      build
        .update(organization)
        .set({ ...values, ...stays(organization.createdAt) })
        .where(eq(organization.id, scope.organizationId))
        .returning(),
    ),
    "slug_taken",
  );
}
