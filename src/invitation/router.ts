import { member, router } from "../app/trpc.ts";
import { resendMany } from "../bulk/actions.ts";
import { DoneMany, ManyInterviews } from "../bulk/contract.ts";
import { correctAddress } from "../correction/actions.ts";
import { Done } from "../identity/contract.ts";
import { InterviewIn } from "../interview/contract.ts";
import { interviewPolicy as policy } from "../interview/policy.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";

export const invitationRouter = router({
  show: member(policy.manage)
    .input(InterviewIn)
    .output(contract.Invitation)
    .query(({ ctx, input }) => actions.showInvitation(ctx.deps, ctx.scope, input)),
  resend: member(policy.manage)
    .input(InterviewIn)
    .output(contract.Resent)
    .mutation(({ ctx, input }) => actions.resendInvitation(ctx.deps, ctx.scope, input)),
  resendMany: member(policy.manage)
    .input(ManyInterviews)
    .output(DoneMany)
    .mutation(({ ctx, input }) => resendMany(ctx.deps, ctx.scope, input)),
  correctAddress: member(policy.manage)
    .input(contract.CorrectAddress)
    .output(contract.Corrected)
    .mutation(({ ctx, input }) => correctAddress(ctx.deps, ctx.scope, input)),
  revokeSession: member(policy.manage)
    .input(contract.RevokeSession)
    .output(Done)
    .mutation(({ ctx, input }) => actions.revokeSession(ctx.deps, ctx.scope, input)),
});
