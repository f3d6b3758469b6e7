import { and, asc, eq, sql } from "drizzle-orm";
import { change, interview, projectRole } from "../../db/schema/index.ts";
import { build, cell, compiled } from "../../db/statement.ts";
import type { ProjectId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { listedInterviews } from "../listing/actions.ts";

const slot = sql.placeholder;

/** Recruiters and above see every project, others those they hold a role in; and everybody what is their own. */
const holdsRole = sql`exists (select 1 from ${projectRole} where ${projectRole.projectId} = ${change.projectId} and ${projectRole.memberId} = ${slot("memberId")})`;
const isSeen = sql`(${change.projectId} is not null and (${slot("seesAll")} or ${holdsRole}) or ${change.subject} = ${slot("memberId")})`;

const inOrder = and(
  sql`${change.organizationId} = ${slot("organizationId")}`,
  sql`${change.sequence} > ${slot("after")}`,
  isSeen,
);
const inProject = and(inOrder, sql`coalesce(${change.projectId}, ${slot("projectId")}) = ${slot("projectId")}`);

function queriesOf(isWanted: typeof inOrder) {
  const entries = () =>
    build
      .select({ sequence: change.sequence, kind: change.kind, subject: change.subject, projectId: change.projectId })
      .from(change)
      .where(isWanted)
      .orderBy(asc(change.sequence))
      .limit(slot("limit"));
  const subjects = () =>
    build
      .select({ subject: change.subject })
      .from(change)
      .where(isWanted)
      .orderBy(asc(change.sequence))
      .limit(slot("limit"));
  return {
    entries: compiled(entries),
    interviews: compiled(() => listedInterviews({}).where(sql`${interview.id} in (${subjects()})`)),
  };
}

const ofAll = queriesOf(inOrder);
const ofProject = queriesOf(inProject);

type Asked = {
  readonly after: number;
  readonly size: number;
  readonly seesAll: boolean;
  readonly projectId: ProjectId | undefined;
};

/** The next changes the member sees after a number, and the interviews among them as they stand. One more than asked for tells that there are. */
export function changesAfter(scope: MemberScope, { after, size, seesAll, projectId }: Asked) {
  const { entries, interviews } = projectId === undefined ? ofAll : ofProject;
  const values = {
    ...{ organizationId: scope.organizationId, memberId: scope.memberId },
    ...{ after, seesAll, managesAll: seesAll, projectId: projectId ?? null, limit: size + 1 },
  };
  return { entries: entries(values), interviews: interviews(values) };
}

/** The number of the organization's last change; 0 before the first. */
export function lastChange(scope: MemberScope) {
  return cell<number>(
    sql`select coalesce((select max(${change.sequence}) from ${change} where ${eq(change.organizationId, scope.organizationId)}), 0)`,
  );
}
