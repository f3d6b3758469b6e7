import { member, router } from "../app/trpc.ts";
import { Done } from "../identity/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { notePolicy as policy } from "./policy.ts";

export const noteRouter = router({
  add: member(policy.add)
    .input(contract.AddNote)
    .output(contract.Note)
    .mutation(({ ctx, input }) => actions.addNote(ctx.deps, ctx.scope, input)),
  edit: member(policy.edit)
    .input(contract.EditNote)
    .output(contract.Note)
    .mutation(({ ctx, input }) => actions.editNote(ctx.deps, ctx.scope, input)),
  remove: member(policy.remove)
    .input(contract.NoteIn)
    .output(Done)
    .mutation(({ ctx, input }) => actions.removeNote(ctx.deps, ctx.scope, input)),
  list: member(policy.list)
    .input(contract.ListNotes)
    .output(contract.NotePage)
    .query(({ ctx, input }) => actions.listNotes(ctx.deps, ctx.scope, input)),
});
