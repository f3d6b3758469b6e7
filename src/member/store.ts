import { and, eq, or, type SQL, sql } from "drizzle-orm";
import { member, teamMember, user } from "../../db/schema/index.ts";
import { contains } from "../../db/search.ts";
import {
  all,
  build,
  first,
  listOf,
  must,
  mustHaveChanged,
  run,
  type Statement,
  unlessTaken,
} from "../../db/statement.ts";
import type { MemberId } from "../kernel/ids.ts";
import type { Access, MemberScope } from "../kernel/scope.ts";
import type { ListMembers } from "./contract.ts";
import { accessWithin } from "./policy.ts";

export function insertMember(values: typeof member.$inferInsert) {
  return unlessTaken(run(build.insert(member).values(values)), "already_member");
}

function inOrganization(scope: MemberScope): SQL {
  return sql`${member.organizationId} = ${scope.organizationId} and ${member.removedAt} is null`;
}

function isOwn(scope: MemberScope, memberId: MemberId): SQL {
  return sql`${member.id} = ${memberId} and ${inOrganization(scope)}`;
}

/** Long names are cut, so that what a cursor holds has a bound; the id decides among those that begin alike. */
const nameOrder = sql<string>`substr(${user.lastNameFolded} || ' ' || ${user.firstNameFolded}, 1, 60)`;

function shownMembers() {
  return build
    .select({
      id: member.id,
      userId: member.userId,
      email: user.email,
      firstName: user.firstName,
      lastName: user.lastName,
      access: member.access,
      startedWorkOn: member.startedWorkOn,
      createdAt: member.createdAt,
      nameOrder,
    })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId));
}

export function shownMember(scope: MemberScope, memberId: MemberId) {
  return first(shownMembers().where(isOwn(scope, memberId)));
}

/** Where the page before ended, as its cursor says: the sort's keys, the id last. */
type After = readonly string[] | null;

/** Ids are made in the order in which members come in, so "created" sorts by them. */
export function membersOf(scope: MemberScope, asked: ListMembers, after: After) {
  const { search, access, teamId, sort, direction, size } = asked;
  const keys = sort === "name" ? [nameOrder, sql`${member.id}`] : [sql`${member.id}`];
  const onwards = direction === "asc" ? sql`>` : sql`<`;
  const way = direction === "asc" ? sql`asc` : sql`desc`;
  return all(
    shownMembers()
      .where(
        and(
          inOrganization(scope),
          after === null ? undefined : sql`(${listOf(keys)}) ${onwards} (${listOf(after)})`,
          access === undefined ? undefined : eq(member.access, access),
          teamId === undefined
            ? undefined
            : sql`exists (select 1 from ${teamMember} where ${teamMember.teamId} = ${teamId} and ${teamMember.memberId} = ${member.id})`,
          search === undefined
            ? undefined
            : or(
                contains(sql`${user.firstNameFolded} || ' ' || ${user.lastNameFolded}`, search),
                contains(user.email, search),
              ),
        ),
      )
      .orderBy(...keys.map((key) => sql`${key} ${way}`))
      .limit(size + 1),
  );
}

/** The member is the organization's own and not above whoever asks: goes before what changes or removes them. */
export function memberIsWithinReach(scope: MemberScope, memberId: MemberId): Statement<void>[] {
  const levels = listOf(accessWithin(scope.access));
  return [
    must(sql`exists (select 1 from ${member} where ${isOwn(scope, memberId)})`, "not_found"),
    must(
      sql`exists (select 1 from ${member} where ${isOwn(scope, memberId)} and ${member.access} in (${levels}))`,
      "above_own_access",
    ),
  ];
}

/** Somebody else is owner, or this member is none: goes before what makes a member less than owner. */
export function ownerRemainsWithout(scope: MemberScope, memberId: MemberId): Statement<void> {
  return must(
    sql`(not exists (select 1 from ${member} where ${isOwn(scope, memberId)} and ${member.access} = 'owner')
      or exists (select 1 from ${member} where ${inOrganization(scope)} and ${member.access} = 'owner' and ${member.id} <> ${memberId}))`,
    "last_owner",
  );
}

export function updateStart(scope: MemberScope, memberId: MemberId, startedWorkOn: string | null) {
  const changed = build.update(member).set({ startedWorkOn }).where(isOwn(scope, memberId));
  return [run(changed), mustHaveChanged("not_found")] as const;
}

export function updateAccess(scope: MemberScope, memberId: MemberId, access: Access) {
  const changed = build.update(member).set({ access }).where(isOwn(scope, memberId));
  return [run(changed), mustHaveChanged("not_found")] as const;
}

export function markRemoved(scope: MemberScope, memberId: MemberId, now: Date) {
  const removed = build.update(member).set({ removedAt: now }).where(isOwn(scope, memberId));
  return [run(removed), mustHaveChanged("not_found")] as const;
}
