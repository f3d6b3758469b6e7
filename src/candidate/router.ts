import { candidate, router } from "../app/trpc.ts";
import { Done } from "../identity/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";

export const candidateRouter = router({
  me: candidate.output(contract.OwnRecord).query(({ ctx }) => actions.showOwnRecord(ctx.deps, ctx.scope)),
  editProfile: candidate
    .input(contract.EditOwnRecord)
    .output(contract.OwnRecord)
    .mutation(({ ctx, input }) => actions.editOwnRecord(ctx.deps, ctx.scope, input)),
  changePassword: candidate
    .input(contract.ChangeOwnPassword)
    .output(Done)
    .mutation(({ ctx, input }) => actions.changeOwnPassword(ctx.deps, ctx.scope, input)),
});
