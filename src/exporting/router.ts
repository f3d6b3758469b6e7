import { member, router } from "../app/trpc.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { exportPolicy as policy } from "./policy.ts";

export const exportRouter = router({
  candidates: member(policy.make)
    .input(contract.ExportCandidates)
    .output(contract.ExportFile)
    .query(({ ctx, input }) => actions.exportCandidates(ctx.deps, ctx.scope, input)),
  contacts: member(policy.make)
    .input(contract.ExportContacts)
    .output(contract.ExportFile)
    .query(({ ctx, input }) => actions.exportContacts(ctx.deps, ctx.scope, input)),
});
