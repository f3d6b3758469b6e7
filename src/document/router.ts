import { member, router } from "../app/trpc.ts";
import { Done } from "../identity/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { documentPolicy as policy } from "./policy.ts";

export const documentRouter = router({
  announce: member(policy.change)
    .input(contract.AnnounceDocument)
    .output(contract.AnnouncedDocument)
    .mutation(({ ctx, input }) => actions.announceDocument(ctx.deps, ctx.scope, input)),
  get: member(policy.read)
    .input(contract.DocumentIn)
    .output(contract.Document)
    .query(({ ctx, input }) => actions.getDocument(ctx.deps, ctx.scope, input)),
  list: member(policy.read)
    .input(contract.ListDocuments)
    .output(contract.DocumentPage)
    .query(({ ctx, input }) => actions.listDocuments(ctx.deps, ctx.scope, input)),
  link: member(policy.read)
    .input(contract.DocumentIn)
    .output(contract.DocumentLink)
    .query(({ ctx, input }) => actions.linkDocument(ctx.deps, ctx.scope, input)),
  edit: member(policy.change)
    .input(contract.EditDocument)
    .output(contract.Document)
    .mutation(({ ctx, input }) => actions.editDocument(ctx.deps, ctx.scope, input)),
  remove: member(policy.change)
    .input(contract.DocumentIn)
    .output(Done)
    .mutation(({ ctx, input }) => actions.removeDocument(ctx.deps, ctx.scope, input)),
});
