import { countTowards } from "../attempt/actions.ts";
import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import type { MemberScope, UserScope } from "../kernel/scope.ts";
import { becomeMember } from "../member/actions.ts";
import { tokenFor } from "../session/actions.ts";
import { foundTeam, joinTeam } from "../team/actions.ts";
import type { CreatedOrganization, CreateOrganization, EditOrganization, Organization } from "./contract.ts";
import { foundingLimit } from "./policy.ts";
import * as store from "./store.ts";

/**
 * Creates an organization with its default team and its owner, in one write, and answers with all of them
 * (reference-checks, new organization sign-up). Refuses with `slug_taken`, and with `slow_down` past five a day by
 * the same person.
 */
export async function createOrganization(
  deps: Deps,
  scope: UserScope | MemberScope,
  input: CreateOrganization,
): Promise<CreatedOrganization> {
  const now = deps.now();
  const organization = { ...input, id: deps.newId("org"), senderName: input.senderName ?? input.name, createdAt: now };
  const owner = {
    id: deps.newId("mem"),
    organizationId: organization.id,
    userId: scope.userId,
    access: "owner" as const,
    createdAt: now,
  };
  const team = foundTeam({
    id: deps.newId("tem"),
    organizationId: organization.id,
    name: organization.name,
    isDefault: true,
    createdAt: now,
  });
  await deps.db.write([
    ...countTowards(deps, foundingLimit, scope.userId, 1),
    store.insertOrganization(organization),
    becomeMember(owner),
    team.statement,
    joinTeam({
      teamId: team.team.id,
      memberId: owner.id,
      organizationId: organization.id,
      isAdmin: true,
      createdAt: now,
    }),
  ]);
  const token = await tokenFor(deps, scope, {
    organizationId: organization.id,
    memberId: owner.id,
    access: owner.access,
  });
  return { organization, team: team.team, memberId: owner.id, access: owner.access, token };
}

/** The organization that the caller's token is for, with its settings. */
export async function getOrganization(deps: Deps, scope: MemberScope): Promise<Organization> {
  const { found } = await deps.db.read({ found: store.ownOrganization(scope) });
  return found ?? refuse("not_found");
}

/** Changes what is given and leaves the rest. Refuses with `slug_taken`. */
export async function editOrganization(deps: Deps, scope: MemberScope, input: EditOrganization): Promise<Organization> {
  const [changed] = await deps.db.write([store.updateOrganization(scope, input)]);
  return changed ?? refuse("not_found");
}
