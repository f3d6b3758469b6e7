import { beginRecording } from "../answer/actions.ts";
import { candidate, member, router } from "../app/trpc.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { recordingPolicy as policy } from "./policy.ts";

export const recordingRouter = router({
  begin: candidate
    .input(contract.BeginRecording)
    .output(contract.Recording)
    .mutation(({ ctx, input }) => beginRecording(ctx.deps, ctx.scope, input)),
  show: candidate
    .input(contract.RecordingIn)
    .output(contract.Recording)
    .query(({ ctx, input }) => actions.showRecording(ctx.deps, ctx.scope, input)),
  finish: candidate
    .input(contract.FinishRecording)
    .output(contract.Recording)
    .mutation(({ ctx, input }) => actions.finishRecording(ctx.deps, ctx.scope, input)),
  play: member(policy.play)
    .input(contract.RecordingIn)
    .output(contract.Playable)
    .query(({ ctx, input }) => actions.playRecording(ctx.deps, ctx.scope, input)),
});
