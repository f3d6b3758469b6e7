import { member, router } from "../app/trpc.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { extensionPolicy as policy } from "./policy.ts";

export const extensionRouter = router({
  preview: member(policy.manage)
    .input(contract.PreviewExtension)
    .output(contract.ExtensionPreview)
    .query(({ ctx, input }) => actions.previewExtension(ctx.deps, ctx.scope, input)),
  start: member(policy.manage)
    .input(contract.StartExtension)
    .output(contract.Extension)
    .mutation(({ ctx, input }) => actions.startExtension(ctx.deps, ctx.scope, input)),
  get: member(policy.read)
    .input(contract.ExtensionIn)
    .output(contract.Extension)
    .query(({ ctx, input }) => actions.getExtension(ctx.deps, ctx.scope, input)),
  list: member(policy.read)
    .input(contract.ListExtensions)
    .output(contract.ExtensionPage)
    .query(({ ctx, input }) => actions.listExtensions(ctx.deps, ctx.scope, input)),
  cancel: member(policy.manage)
    .input(contract.ExtensionIn)
    .output(contract.Extension)
    .mutation(({ ctx, input }) => actions.cancelExtension(ctx.deps, ctx.scope, input)),
});
