import { member, router } from "../app/trpc.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { fieldPolicy as policy } from "./policy.ts";

export const fieldRouter = router({
  list: member(policy.list)
    .output(contract.Fields)
    .query(({ ctx }) => actions.listFields(ctx.deps, ctx.scope)),
  create: member(policy.change)
    .input(contract.CreateField)
    .output(contract.Field)
    .mutation(({ ctx, input }) => actions.createField(ctx.deps, ctx.scope, input)),
  edit: member(policy.change)
    .input(contract.EditField)
    .output(contract.Field)
    .mutation(({ ctx, input }) => actions.editField(ctx.deps, ctx.scope, input)),
  setOrder: member(policy.change)
    .input(contract.SetFieldOrder)
    .output(contract.Fields)
    .mutation(({ ctx, input }) => actions.setFieldOrder(ctx.deps, ctx.scope, input)),
  archive: member(policy.change)
    .input(contract.FieldIn)
    .output(contract.Field)
    .mutation(({ ctx, input }) => actions.archiveField(ctx.deps, ctx.scope, input)),
  restore: member(policy.change)
    .input(contract.FieldIn)
    .output(contract.Field)
    .mutation(({ ctx, input }) => actions.restoreField(ctx.deps, ctx.scope, input)),
});
