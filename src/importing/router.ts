import { member, router } from "../app/trpc.ts";
import * as upload from "../upload/actions.ts";
import * as uploadContract from "../upload/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { importPolicy as policy } from "./policy.ts";

export const importRouter = router({
  beginUpload: member(policy.change)
    .input(uploadContract.BeginUpload)
    .output(uploadContract.Upload)
    .mutation(({ ctx, input }) => upload.beginUpload(ctx.deps, ctx.scope, input)),
  showUpload: member(policy.read)
    .input(uploadContract.UploadIn)
    .output(uploadContract.Upload)
    .query(({ ctx, input }) => upload.showUpload(ctx.deps, ctx.scope, input)),
  rehearse: member(policy.change)
    .input(contract.StartImport)
    .output(contract.Import)
    .mutation(({ ctx, input }) => actions.rehearseImport(ctx.deps, ctx.scope, input)),
  start: member(policy.change)
    .input(contract.StartImport)
    .output(contract.Import)
    .mutation(({ ctx, input }) => actions.startImport(ctx.deps, ctx.scope, input)),
  get: member(policy.read)
    .input(contract.ImportIn)
    .output(contract.Import)
    .query(({ ctx, input }) => actions.getImport(ctx.deps, ctx.scope, input)),
  list: member(policy.read)
    .input(contract.ListImports)
    .output(contract.ImportPage)
    .query(({ ctx, input }) => actions.listImports(ctx.deps, ctx.scope, input)),
  cancel: member(policy.change)
    .input(contract.ImportIn)
    .output(contract.Import)
    .mutation(({ ctx, input }) => actions.cancelImport(ctx.deps, ctx.scope, input)),
  rows: member(policy.read)
    .input(contract.ListImportRows)
    .output(contract.ImportRowPage)
    .query(({ ctx, input }) => actions.listImportRows(ctx.deps, ctx.scope, input)),
  leftOut: member(policy.read)
    .input(contract.ImportIn)
    .output(contract.LeftOutFile)
    .query(({ ctx, input }) => actions.leftOutFile(ctx.deps, ctx.scope, input)),
});
