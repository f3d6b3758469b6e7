import { member, router } from "../app/trpc.ts";
import { Done } from "../identity/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { roleTemplatePolicy as policy } from "./policy.ts";

export const roleTemplateRouter = router({
  create: member(policy.create)
    .input(contract.CreateRoleTemplate)
    .output(contract.RoleTemplateInFull)
    .mutation(({ ctx, input }) => actions.createRoleTemplate(ctx.deps, ctx.scope, input)),
  edit: member(policy.edit)
    .input(contract.EditRoleTemplate)
    .output(contract.RoleTemplateInFull)
    .mutation(({ ctx, input }) => actions.editRoleTemplate(ctx.deps, ctx.scope, input)),
  remove: member(policy.remove)
    .input(contract.RoleTemplateIn)
    .output(Done)
    .mutation(({ ctx, input }) => actions.removeRoleTemplate(ctx.deps, ctx.scope, input)),
  get: member(policy.get)
    .input(contract.RoleTemplateIn)
    .output(contract.RoleTemplateInFull)
    .query(({ ctx, input }) => actions.getRoleTemplate(ctx.deps, ctx.scope, input)),
  list: member(policy.list)
    .input(contract.ListRoleTemplates)
    .output(contract.RoleTemplatePage)
    .query(({ ctx, input }) => actions.listRoleTemplates(ctx.deps, ctx.scope, input)),
});
