import { candidate, member, router } from "../app/trpc.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";

export const answerRouter = router({
  room: candidate
    .input(contract.RoomIn)
    .output(contract.Room)
    .query(({ ctx, input }) => actions.showRoom(ctx.deps, ctx.scope, input)),
  openStep: candidate
    .input(contract.RoomIn)
    .output(contract.Room)
    .mutation(({ ctx, input }) => actions.openStep(ctx.deps, ctx.scope, input)),
  save: candidate
    .input(contract.SaveAnswer)
    .output(contract.Room)
    .mutation(({ ctx, input }) => actions.saveAnswer(ctx.deps, ctx.scope, input)),
  given: member("hiring_manager")
    .input(contract.RoomIn)
    .output(contract.GivenAnswers)
    .query(({ ctx, input }) => actions.givenAnswers(ctx.deps, ctx.scope, input)),
});
