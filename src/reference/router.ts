import { candidate, member, reference, router } from "../app/trpc.ts";
import * as naming from "../naming/actions.ts";
import { OwnRefcheck } from "../refcheck/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { referencePolicy as policy } from "./policy.ts";

export const referenceRouter = router({
  add: candidate
    .input(contract.NameReference)
    .output(OwnRefcheck)
    .mutation(({ ctx, input }) => naming.nameReference(ctx.deps, ctx.scope, input)),
  edit: candidate
    .input(contract.EditReference)
    .output(OwnRefcheck)
    .mutation(({ ctx, input }) => naming.editReference(ctx.deps, ctx.scope, input)),
  replace: candidate
    .input(contract.ReplaceReference)
    .output(OwnRefcheck)
    .mutation(({ ctx, input }) => naming.replaceReference(ctx.deps, ctx.scope, input)),
  sharedAnswers: candidate
    .input(contract.ReferenceIn)
    .output(contract.FinishedAnswers)
    .query(({ ctx, input }) => actions.showAnswers(ctx.deps, ctx.scope, input)),
  own: reference.output(contract.OwnReference).query(({ ctx }) => actions.showOwnReference(ctx.deps, ctx.scope)),
  accept: reference.output(contract.OwnReference).mutation(({ ctx }) => actions.acceptReference(ctx.deps, ctx.scope)),
  decline: reference
    .input(contract.Decline)
    .output(contract.OwnReference)
    .mutation(({ ctx, input }) => actions.declineReference(ctx.deps, ctx.scope, input)),
  questionnaire: reference
    .input(contract.OpenQuestionnaire)
    .output(contract.OwnQuestionnaire)
    .query(({ ctx, input }) => actions.openQuestionnaire(ctx.deps, ctx.scope, input)),
  save: reference
    .input(contract.SaveAnswers)
    .output(contract.SavedAnswers)
    .mutation(({ ctx, input }) => actions.saveAnswers(ctx.deps, ctx.scope, input)),
  finish: reference.output(contract.OwnReference).mutation(({ ctx }) => actions.finishReference(ctx.deps, ctx.scope)),
  answers: member(policy.answers)
    .input(contract.ReferenceIn)
    .output(contract.FinishedAnswers)
    .query(({ ctx, input }) => actions.showAnswers(ctx.deps, ctx.scope, input)),
});
