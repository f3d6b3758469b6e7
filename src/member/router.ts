import { member, router } from "../app/trpc.ts";
import { Done } from "../identity/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { memberPolicy as policy } from "./policy.ts";

export const memberRouter = router({
  list: member(policy.list)
    .input(contract.ListMembers)
    .output(contract.MemberPage)
    .query(({ ctx, input }) => actions.listMembers(ctx.deps, ctx.scope, input)),
  get: member(policy.get)
    .input(contract.MemberIn)
    .output(contract.Member)
    .query(({ ctx, input }) => actions.getMember(ctx.deps, ctx.scope, input)),
  edit: member(policy.edit)
    .input(contract.EditMember)
    .output(contract.Member)
    .mutation(({ ctx, input }) => actions.editMember(ctx.deps, ctx.scope, input)),
  changeAccess: member(policy.changeAccess)
    .input(contract.ChangeAccess)
    .output(contract.Member)
    .mutation(({ ctx, input }) => actions.changeAccess(ctx.deps, ctx.scope, input)),
  remove: member(policy.remove)
    .input(contract.MemberIn)
    .output(Done)
    .mutation(({ ctx, input }) => actions.removeMember(ctx.deps, ctx.scope, input)),
});
