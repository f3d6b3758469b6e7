import { member, router } from "../app/trpc.ts";
import * as placement from "../placement/actions.ts";
import { Board, BoardIn, StageTimes } from "../placement/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { pipelinePolicy as policy } from "./policy.ts";

export const pipelineRouter = router({
  create: member(policy.create)
    .input(contract.CreatePipeline)
    .output(contract.Pipeline)
    .mutation(({ ctx, input }) => actions.createPipeline(ctx.deps, ctx.scope, input)),
  get: member(policy.get)
    .input(contract.PipelineIn)
    .output(contract.Pipeline)
    .query(({ ctx, input }) => actions.getPipeline(ctx.deps, ctx.scope, input)),
  list: member(policy.list)
    .input(contract.ListPipelines)
    .output(contract.PipelinePage)
    .query(({ ctx, input }) => actions.listPipelines(ctx.deps, ctx.scope, input)),
  edit: member(policy.edit)
    .input(contract.EditPipeline)
    .output(contract.Pipeline)
    .mutation(({ ctx, input }) => actions.editPipeline(ctx.deps, ctx.scope, input)),
  setStages: member(policy.setStages)
    .input(contract.SetStages)
    .output(contract.Pipeline)
    .mutation(({ ctx, input }) => actions.setStages(ctx.deps, ctx.scope, input)),
  archive: member(policy.archive)
    .input(contract.PipelineIn)
    .output(contract.Pipeline)
    .mutation(({ ctx, input }) => actions.archivePipeline(ctx.deps, ctx.scope, input)),
  board: member(policy.board)
    .input(BoardIn)
    .output(Board)
    .query(({ ctx, input }) => placement.showBoard(ctx.deps, ctx.scope, input)),
  times: member(policy.times)
    .input(contract.PipelineIn)
    .output(StageTimes)
    .query(({ ctx, input }) => placement.timesInStages(ctx.deps, ctx.scope, input)),
});
