import { crowdLooks, untilAlone } from "../kernel/again.ts";
import type { Deps } from "../kernel/deps.ts";
import { type Reason, refuse } from "../kernel/errors.ts";
import type { MemberId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { drainSoon } from "../letter/actions.ts";
import { leaveEveryMeeting, partsOf } from "../meeting/actions.ts";
import { leaveEveryProject } from "../project/actions.ts";
import { leaveEveryTeam } from "../team/actions.ts";
import type { ChangeAccess, EditMember, ListMembers, Member, MemberIn } from "./contract.ts";
import { mayGive, mayRemove } from "./policy.ts";
import * as store from "./store.ts";

/** Makes a user a member, in the caller's own write. Refuses with `already_member`. */
export const becomeMember = store.insertMember;

/** The organization's members: by part of a name or address, by access, by team. */
export async function listMembers(deps: Deps, scope: MemberScope, input: ListMembers) {
  const order = `members by ${input.sort} ${input.direction}`;
  const after = keysOfCursor(order, input.cursor, input.sort === "name" ? ["string", "string"] : ["string"]);
  const { rows } = await deps.db.read({ rows: store.membersOf(scope, input, after) });
  return toPage(rows, input.size, ({ id, nameOrder }) =>
    encodeCursor(order, input.sort === "name" ? [nameOrder, id] : [id]),
  );
}

/** Refuses with `not_found`, also for who was removed. */
export async function getMember(deps: Deps, scope: MemberScope, { memberId }: MemberIn): Promise<Member> {
  const { found } = await deps.db.read({ found: store.shownMember(scope, memberId) });
  return found ?? refuse("not_found");
}

/** Changes the day on which a member started work; null: not known. Refuses with `not_found`, `above_own_access`. */
export async function editMember(deps: Deps, scope: MemberScope, input: EditMember): Promise<Member> {
  const { memberId, startedWorkOn } = input;
  const [, , changed] = await deps.db
    .guardedBy(store.memberIsWithinReach(scope, memberId))
    .write([...store.updateStart(scope, memberId, startedWorkOn), store.shownMember(scope, memberId)]);
  return changed ?? refuse("not_found");
}

/**
 * Gives a member another access level. Bearer tokens they hold for the old one answer
 * `access_changed` from then on. Refuses with `not_found`, `above_own_access`, `last_owner`.
 */
export async function changeAccess(deps: Deps, scope: MemberScope, input: ChangeAccess): Promise<Member> {
  const { memberId, access } = input;
  if (!mayGive(scope.access, access)) return refuse("above_own_access");
  const conditions = [
    ...store.memberIsWithinReach(scope, memberId),
    ...(access === "owner" ? [] : [store.ownerRemainsWithout(scope, memberId)]),
  ];
  const [, , changed] = await deps.db
    .guardedBy(conditions)
    .write([...store.updateAccess(scope, memberId, access), store.shownMember(scope, memberId)]);
  return changed ?? refuse("not_found");
}

/** Somebody has just changed a meeting in which they take part: at the next look that is found. */
const raced: ReadonlySet<Reason> = new Set(["moved_on"]);

/**
 * Ends a membership, one's own or, for owners and admins, somebody else's, together with its places in teams and its
 * roles in projects; its bearer tokens answer `access_changed` from then on. In meetings to come they stay named, and whoever scheduled those is
 * told (decision 039). Refuses with `not_allowed`, `not_found`, `above_own_access`, `last_owner`.
 */
export async function removeMember(deps: Deps, scope: MemberScope, { memberId }: MemberIn) {
  if (!mayRemove(scope.access, memberId === scope.memberId)) return refuse("not_allowed");
  await untilAlone(raced, crowdLooks, () => remove(deps, scope, memberId));
  drainSoon(deps);
  return { done: true as const };
}

async function remove(deps: Deps, scope: MemberScope, memberId: MemberId): Promise<void> {
  const parts = await deps.db.read(partsOf(deps, scope, memberId));
  await deps.db
    .guardedBy([...store.memberIsWithinReach(scope, memberId), store.ownerRemainsWithout(scope, memberId)])
    .write([
      ...store.markRemoved(scope, memberId, deps.now()),
      leaveEveryTeam(scope, memberId),
      leaveEveryProject(scope, memberId),
      ...(await leaveEveryMeeting(deps, scope, memberId, parts)),
    ]);
}
