import { member, router } from "../app/trpc.ts";
import { Done } from "../identity/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { reportPolicy as policy } from "./policy.ts";

export const refcheckReportRouter = router({
  get: member(policy.get)
    .input(contract.ReportIn)
    .output(contract.RefcheckReport)
    .query(({ ctx, input }) => actions.getReport(ctx.deps, ctx.scope, input)),
  file: member(policy.get)
    .input(contract.ReportFileIn)
    .output(contract.ReportFile)
    .query(({ ctx, input }) => actions.getReportFile(ctx.deps, ctx.scope, input)),
  share: member(policy.share)
    .input(contract.ShareReport)
    .output(contract.SharedReport)
    .mutation(({ ctx, input }) => actions.shareReport(ctx.deps, ctx.scope, input)),
  listShares: member(policy.share)
    .input(contract.ListReportShares)
    .output(contract.ReportSharePage)
    .query(({ ctx, input }) => actions.listReportShares(ctx.deps, ctx.scope, input)),
  revokeShare: member(policy.share)
    .input(contract.ReportShareIn)
    .output(Done)
    .mutation(({ ctx, input }) => actions.revokeReportShare(ctx.deps, ctx.scope, input)),
});
