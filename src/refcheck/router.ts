import { candidate, member, router } from "../app/trpc.ts";
import * as cabinet from "../cabinet/actions.ts";
import { correctRefcheckAddress } from "../correction/actions.ts";
import { Done } from "../identity/contract.ts";
import { PageIn } from "../kernel/page.ts";
import * as opening from "../opening/actions.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { refcheckPolicy as policy } from "./policy.ts";

export const refcheckRouter = router({
  create: member(policy.create)
    .input(contract.CreateRefcheck)
    .output(contract.Refcheck)
    .mutation(({ ctx, input }) => opening.createRefcheck(ctx.deps, ctx.scope, input)),
  createMany: member(policy.create)
    .input(contract.CreateRefchecks)
    .output(contract.CreatedRefchecks)
    .mutation(({ ctx, input }) => opening.createRefchecks(ctx.deps, ctx.scope, input)),
  invite: member(policy.manage)
    .input(contract.InviteRefcheck)
    .output(contract.Refcheck)
    .mutation(({ ctx, input }) => actions.inviteRefcheck(ctx.deps, ctx.scope, input)),
  cancel: member(policy.manage)
    .input(contract.CancelRefcheck)
    .output(contract.Refcheck)
    .mutation(({ ctx, input }) => actions.cancelRefcheck(ctx.deps, ctx.scope, input)),
  setDeadline: member(policy.manage)
    .input(contract.SetRefcheckDeadline)
    .output(contract.Refcheck)
    .mutation(({ ctx, input }) => actions.setRefcheckDeadline(ctx.deps, ctx.scope, input)),
  restore: member(policy.manage)
    .input(contract.SetRefcheckDeadline)
    .output(contract.Refcheck)
    .mutation(({ ctx, input }) => actions.restoreRefcheck(ctx.deps, ctx.scope, input)),
  resend: member(policy.manage)
    .input(contract.RefcheckIn)
    .output(Done)
    .mutation(({ ctx, input }) => actions.resendRefcheck(ctx.deps, ctx.scope, input)),
  correctAddress: member(policy.manage)
    .input(contract.CorrectRefcheckAddress)
    .output(contract.CorrectedRefcheck)
    .mutation(({ ctx, input }) => correctRefcheckAddress(ctx.deps, ctx.scope, input)),
  get: member(policy.get)
    .input(contract.RefcheckIn)
    .output(contract.RefcheckInFull)
    .query(({ ctx, input }) => cabinet.getRefcheck(ctx.deps, ctx.scope, input)),
  list: member(policy.list)
    .input(contract.ListRefchecks)
    .output(contract.RefcheckPage)
    .query(({ ctx, input }) => cabinet.listRefchecks(ctx.deps, ctx.scope, input)),
  summary: member(policy.list)
    .input(contract.SummarizeRefchecks)
    .output(contract.RefcheckSummary)
    .query(({ ctx, input }) => cabinet.summarizeRefchecks(ctx.deps, ctx.scope, input)),
  events: member(policy.get)
    .input(contract.ListRefcheckEvents)
    .output(contract.RefcheckEventPage)
    .query(({ ctx, input }) => cabinet.listRefcheckEvents(ctx.deps, ctx.scope, input)),
  own: candidate
    .input(contract.ShowOwnRefcheck)
    .output(contract.OwnRefcheck)
    .query(({ ctx, input }) => actions.showOwnRefcheck(ctx.deps, ctx.scope, input)),
  listOwn: candidate
    .input(PageIn)
    .output(contract.OwnRefcheckPage)
    .query(({ ctx, input }) => actions.listOwnRefchecks(ctx.deps, ctx.scope, input)),
  consent: candidate
    .input(contract.Consent)
    .output(contract.OwnRefcheck)
    .mutation(({ ctx, input }) => actions.consent(ctx.deps, ctx.scope, input)),
  withdraw: candidate
    .input(contract.RefcheckIn)
    .output(Done)
    .mutation(({ ctx, input }) => actions.withdrawConsent(ctx.deps, ctx.scope, input)),
});
