import { candidate, member, router } from "../app/trpc.ts";
import { removeMany } from "../bulk/actions.ts";
import { DoneMany, ManyInterviews } from "../bulk/contract.ts";
import * as intake from "../intake/actions.ts";
import * as bulk from "../intake/contract.ts";
import { PageIn } from "../kernel/page.ts";
import * as listing from "../listing/actions.ts";
import * as live from "../live/actions.ts";
import { Changes, ChangesSince } from "../live/contract.ts";
import * as presences from "../presence/actions.ts";
import * as presence from "../presence/contract.ts";
import { letGo, removeInterview } from "../removal/actions.ts";
import { Removed } from "../removal/contract.ts";
import * as timers from "../timer/actions.ts";
import * as visits from "../visit/actions.ts";
import * as visit from "../visit/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { interviewPolicy as policy } from "./policy.ts";

export const interviewRouter = router({
  create: member(policy.manage)
    .input(contract.CreateInterview)
    .output(contract.Interview)
    .mutation(({ ctx, input }) => intake.createInterview(ctx.deps, ctx.scope, input)),
  setDeadline: member(policy.manage)
    .input(contract.SetDeadline)
    .output(contract.Interview)
    .mutation(({ ctx, input }) => actions.setDeadline(ctx.deps, ctx.scope, input)),
  advance: member(policy.manage)
    .input(contract.InterviewIn)
    .output(contract.Interview)
    .mutation(({ ctx, input }) => actions.advanceInterview(ctx.deps, ctx.scope, input)),
  createAndInvite: member(policy.manage)
    .input(contract.CreateAndInvite)
    .output(contract.Interview)
    .mutation(({ ctx, input }) => intake.createAndInvite(ctx.deps, ctx.scope, input)),
  createAndInviteMany: member(policy.manage)
    .input(bulk.InviteMany)
    .output(bulk.InvitedMany)
    .mutation(({ ctx, input }) => intake.createAndInviteMany(ctx.deps, ctx.scope, input)),
  scheduleInvitation: member(policy.manage)
    .input(contract.ScheduleInvitation)
    .output(contract.Interview)
    .mutation(({ ctx, input }) => actions.scheduleInvitation(ctx.deps, ctx.scope, input)),
  restore: member(policy.manage)
    .input(contract.BringBack)
    .output(contract.Interview)
    .mutation(({ ctx, input }) => actions.restoreInterview(ctx.deps, ctx.scope, input)),
  reset: member(policy.manage)
    .input(contract.BringBack)
    .output(contract.Interview)
    .mutation(({ ctx, input }) => actions.resetInterview(ctx.deps, ctx.scope, input)),
  skip: member(policy.manage)
    .input(contract.Skip)
    .output(contract.Interview)
    .mutation(({ ctx, input }) => letGo(ctx.deps, ctx.scope, input)),
  remove: member(policy.manage)
    .input(contract.InterviewIn)
    .output(Removed)
    .mutation(({ ctx, input }) => removeInterview(ctx.deps, ctx.scope, input)),
  removeMany: member(policy.manage)
    .input(ManyInterviews)
    .output(DoneMany)
    .mutation(({ ctx, input }) => removeMany(ctx.deps, ctx.scope, input)),
  accommodate: member(policy.manage)
    .input(contract.Accommodate)
    .output(contract.Interview)
    .mutation(({ ctx, input }) => actions.accommodate(ctx.deps, ctx.scope, input)),
  setLabels: member(policy.manage)
    .input(contract.SetLabels)
    .output(contract.Interview)
    .mutation(({ ctx, input }) => actions.setLabels(ctx.deps, ctx.scope, input)),
  get: member(policy.read)
    .input(contract.InterviewIn)
    .output(contract.Interview)
    .query(({ ctx, input }) => listing.getInterview(ctx.deps, ctx.scope, input)),
  changesSince: member(policy.read)
    .input(ChangesSince)
    .output(Changes)
    .query(({ ctx, input }) => live.changesSince(ctx.deps, ctx.scope, input)),
  list: member(policy.read)
    .input(contract.ListInterviews)
    .output(contract.InterviewPage)
    .query(({ ctx, input }) => listing.listInterviews(ctx.deps, ctx.scope, input)),
  events: member(policy.read)
    .input(contract.ListEvents)
    .output(contract.EventPage)
    .query(({ ctx, input }) => listing.listEvents(ctx.deps, ctx.scope, input)),
  plan: member(policy.read)
    .input(contract.InterviewIn)
    .output(contract.Plan)
    .query(({ ctx, input }) => timers.showPlan(ctx.deps, ctx.scope, input)),
  previewDeadline: member(policy.manage)
    .input(contract.SetDeadline)
    .output(contract.DeadlinePreview)
    .query(({ ctx, input }) => timers.previewDeadline(ctx.deps, ctx.scope, input)),
  own: candidate
    .input(contract.InterviewIn)
    .output(visit.OwnInterview)
    .query(({ ctx, input }) => visits.showOwn(ctx.deps, ctx.scope, input)),
  listOwn: candidate
    .input(PageIn)
    .output(visit.OwnInterviewPage)
    .query(({ ctx, input }) => visits.listOwn(ctx.deps, ctx.scope, input)),
  confirm: candidate
    .input(visit.Confirm)
    .output(visit.OwnInterview)
    .mutation(({ ctx, input }) => visits.confirmInterview(ctx.deps, ctx.scope, input)),
  start: candidate
    .input(contract.InterviewIn)
    .output(visit.OwnInterview)
    .mutation(({ ctx, input }) => visits.startInterview(ctx.deps, ctx.scope, input)),
  keepAlive: candidate
    .input(contract.InterviewIn)
    .output(presence.KeptAlive)
    .mutation(({ ctx, input }) => presences.keepAlive(ctx.deps, ctx.scope, input)),
  finish: candidate
    .input(contract.InterviewIn)
    .output(visit.OwnInterview)
    .mutation(({ ctx, input }) => visits.finishInterview(ctx.deps, ctx.scope, input)),
  abort: candidate
    .input(contract.InterviewIn)
    .output(visit.OwnInterview)
    .mutation(({ ctx, input }) => visits.abortInterview(ctx.deps, ctx.scope, input)),
});
