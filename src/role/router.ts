import { member, router } from "../app/trpc.ts";
import { openRole } from "../opening/actions.ts";
import { OpenedRole, OpenRole } from "../opening/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { rolePolicy as policy } from "./policy.ts";

export const roleRouter = router({
  create: member(policy.create)
    .input(OpenRole)
    .output(OpenedRole)
    .mutation(({ ctx, input }) => openRole(ctx.deps, ctx.scope, input)),
  edit: member(policy.edit)
    .input(contract.EditRole)
    .output(contract.RoleInFull)
    .mutation(({ ctx, input }) => actions.editRole(ctx.deps, ctx.scope, input)),
  setQuestionnaire: member(policy.setQuestionnaire)
    .input(contract.SetQuestionnaire)
    .output(contract.RoleInFull)
    .mutation(({ ctx, input }) => actions.setQuestionnaire(ctx.deps, ctx.scope, input)),
  close: member(policy.close)
    .input(contract.RoleIn)
    .output(contract.RoleInFull)
    .mutation(({ ctx, input }) => actions.closeRole(ctx.deps, ctx.scope, input)),
  get: member(policy.get)
    .input(contract.RoleIn)
    .output(contract.RoleInFull)
    .query(({ ctx, input }) => actions.getRole(ctx.deps, ctx.scope, input)),
  list: member(policy.list)
    .input(contract.ListRoles)
    .output(contract.RolePage)
    .query(({ ctx, input }) => actions.listRoles(ctx.deps, ctx.scope, input)),
});
