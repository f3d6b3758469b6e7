import { member, router } from "../app/trpc.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { meetingPolicy as policy } from "./policy.ts";

export const meetingRouter = router({
  schedule: member(policy.schedule)
    .input(contract.ScheduleMeeting)
    .output(contract.Meeting)
    .mutation(({ ctx, input }) => actions.scheduleMeeting(ctx.deps, ctx.scope, input)),
  edit: member(policy.edit)
    .input(contract.EditMeeting)
    .output(contract.Meeting)
    .mutation(({ ctx, input }) => actions.editMeeting(ctx.deps, ctx.scope, input)),
  cancel: member(policy.cancel)
    .input(contract.CancelMeeting)
    .output(contract.Meeting)
    .mutation(({ ctx, input }) => actions.cancelMeeting(ctx.deps, ctx.scope, input)),
  get: member(policy.get)
    .input(contract.MeetingIn)
    .output(contract.Meeting)
    .query(({ ctx, input }) => actions.getMeeting(ctx.deps, ctx.scope, input)),
  list: member(policy.list)
    .input(contract.ListMeetings)
    .output(contract.MeetingPage)
    .query(({ ctx, input }) => actions.listMeetings(ctx.deps, ctx.scope, input)),
  events: member(policy.events)
    .input(contract.ListMeetingEvents)
    .output(contract.MeetingEventPage)
    .query(({ ctx, input }) => actions.listMeetingEvents(ctx.deps, ctx.scope, input)),
});
