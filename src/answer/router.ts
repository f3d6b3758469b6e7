import { candidate, member, router } from "../app/trpc.ts";
import { InterviewIn } from "../interview/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { answerPolicy as policy } from "./policy.ts";

export const answerRouter = router({
  room: candidate
    .input(InterviewIn)
    .output(contract.Room)
    .query(({ ctx, input }) => actions.showRoom(ctx.deps, ctx.scope, input)),
  openStep: candidate
    .input(InterviewIn)
    .output(contract.Room)
    .mutation(({ ctx, input }) => actions.openStep(ctx.deps, ctx.scope, input)),
  save: candidate
    .input(contract.SaveAnswer)
    .output(contract.Room)
    .mutation(({ ctx, input }) => actions.saveAnswer(ctx.deps, ctx.scope, input)),
  given: member(policy.given)
    .input(InterviewIn)
    .output(contract.GivenAnswers)
    .query(({ ctx, input }) => actions.givenAnswers(ctx.deps, ctx.scope, input)),
});
