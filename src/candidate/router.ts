import { candidate, member, router } from "../app/trpc.ts";
import { correctCandidateAddress } from "../correction/actions.ts";
import { Done } from "../identity/contract.ts";
import { listFormer, mergeCandidates } from "../merger/actions.ts";
import { FormerPage, ListFormer, MergeCandidates } from "../merger/contract.ts";
import { mergerPolicy } from "../merger/policy.ts";
import * as record from "../record/actions.ts";
import * as recordContract from "../record/contract.ts";
import { recordPolicy as policy } from "../record/policy.ts";
import { showTimeline } from "../timeline/actions.ts";
import { ShowTimeline, TimelinePage } from "../timeline/contract.ts";
import { timelinePolicy } from "../timeline/policy.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";

export const candidateRouter = router({
  me: candidate.output(contract.OwnRecord).query(({ ctx }) => actions.showOwnRecord(ctx.deps, ctx.scope)),
  editProfile: candidate
    .input(contract.EditOwnRecord)
    .output(contract.OwnRecord)
    .mutation(({ ctx, input }) => actions.editOwnRecord(ctx.deps, ctx.scope, input)),
  changePassword: candidate
    .input(contract.ChangeOwnPassword)
    .output(Done)
    .mutation(({ ctx, input }) => actions.changeOwnPassword(ctx.deps, ctx.scope, input)),
  create: member(policy.change)
    .input(recordContract.CreateCandidate)
    .output(recordContract.CandidateInFull)
    .mutation(({ ctx, input }) => record.createCandidate(ctx.deps, ctx.scope, input)),
  edit: member(policy.change)
    .input(recordContract.EditCandidate)
    .output(recordContract.CandidateInFull)
    .mutation(({ ctx, input }) => record.editCandidate(ctx.deps, ctx.scope, input)),
  correctAddress: member(policy.change)
    .input(recordContract.CorrectCandidateAddress)
    .output(recordContract.CorrectedCandidate)
    .mutation(({ ctx, input }) => correctCandidateAddress(ctx.deps, ctx.scope, input)),
  markInterviewed: member(policy.change)
    .input(recordContract.StepCandidate)
    .output(recordContract.CandidateInFull)
    .mutation(({ ctx, input }) => record.markInterviewed(ctx.deps, ctx.scope, input)),
  reject: member(policy.change)
    .input(recordContract.RejectCandidate)
    .output(recordContract.CandidateInFull)
    .mutation(({ ctx, input }) => record.rejectCandidate(ctx.deps, ctx.scope, input)),
  hire: member(policy.change)
    .input(recordContract.StepCandidate)
    .output(recordContract.CandidateInFull)
    .mutation(({ ctx, input }) => record.hireCandidate(ctx.deps, ctx.scope, input)),
  reopen: member(policy.change)
    .input(recordContract.StepCandidate)
    .output(recordContract.CandidateInFull)
    .mutation(({ ctx, input }) => record.reopenCandidate(ctx.deps, ctx.scope, input)),
  get: member(policy.get)
    .input(contract.CandidateIn)
    .output(recordContract.CandidateInFull)
    .query(({ ctx, input }) => record.getCandidate(ctx.deps, ctx.scope, input)),
  list: member(policy.list)
    .input(recordContract.ListCandidates)
    .output(recordContract.CandidatePage)
    .query(({ ctx, input }) => record.listCandidates(ctx.deps, ctx.scope, input)),
  listPage: member(policy.list)
    .input(recordContract.ListCandidatesFrom)
    .output(recordContract.CandidatesFrom)
    .query(({ ctx, input }) => record.listCandidatesFrom(ctx.deps, ctx.scope, input)),
  merge: member(mergerPolicy.merge)
    .input(MergeCandidates)
    .output(recordContract.CandidateInFull)
    .mutation(({ ctx, input }) => mergeCandidates(ctx.deps, ctx.scope, input)),
  former: member(mergerPolicy.former)
    .input(ListFormer)
    .output(FormerPage)
    .query(({ ctx, input }) => listFormer(ctx.deps, ctx.scope, input)),
  events: member(policy.get)
    .input(recordContract.ListCandidateEvents)
    .output(recordContract.CandidateEventPage)
    .query(({ ctx, input }) => record.listCandidateEvents(ctx.deps, ctx.scope, input)),
  timeline: member(timelinePolicy.show)
    .input(ShowTimeline)
    .output(TimelinePage)
    .query(({ ctx, input }) => showTimeline(ctx.deps, ctx.scope, input)),
});
