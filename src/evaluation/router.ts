import { member, router } from "../app/trpc.ts";
import { InterviewIn } from "../interview/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { evaluationPolicy as policy } from "./policy.ts";

export const evaluationRouter = router({
  get: member(policy.read)
    .input(InterviewIn)
    .output(contract.Evaluation)
    .query(({ ctx, input }) => actions.getEvaluation(ctx.deps, ctx.scope, input)),
  listEvaluators: member(policy.read)
    .input(contract.ListEvaluators)
    .output(contract.EvaluatorPage)
    .query(({ ctx, input }) => actions.listEvaluators(ctx.deps, ctx.scope, input)),
  rate: member(policy.judge)
    .input(contract.Rate)
    .output(contract.Evaluation)
    .mutation(({ ctx, input }) => actions.rate(ctx.deps, ctx.scope, input)),
  veto: member(policy.judge)
    .input(contract.PutVeto)
    .output(contract.Evaluation)
    .mutation(({ ctx, input }) => actions.putVeto(ctx.deps, ctx.scope, input)),
  withdrawVeto: member(policy.judge)
    .input(InterviewIn)
    .output(contract.Evaluation)
    .mutation(({ ctx, input }) => actions.withdrawVeto(ctx.deps, ctx.scope, input)),
});
