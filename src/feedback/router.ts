import { member, router } from "../app/trpc.ts";
import { Done } from "../identity/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { feedbackPolicy as policy } from "./policy.ts";

export const feedbackRouter = router({
  give: member(policy.give)
    .input(contract.GiveFeedback)
    .output(contract.Feedback)
    .mutation(({ ctx, input }) => actions.giveFeedback(ctx.deps, ctx.scope, input)),
  edit: member(policy.edit)
    .input(contract.EditFeedback)
    .output(contract.Feedback)
    .mutation(({ ctx, input }) => actions.editFeedback(ctx.deps, ctx.scope, input)),
  remove: member(policy.remove)
    .input(contract.FeedbackIn)
    .output(Done)
    .mutation(({ ctx, input }) => actions.removeFeedback(ctx.deps, ctx.scope, input)),
  list: member(policy.list)
    .input(contract.ListFeedback)
    .output(contract.FeedbackPage)
    .query(({ ctx, input }) => actions.listFeedback(ctx.deps, ctx.scope, input)),
  listOfCandidate: member(policy.list)
    .input(contract.ListFeedbackOfCandidate)
    .output(contract.FeedbackPage)
    .query(({ ctx, input }) => actions.listFeedbackOfCandidate(ctx.deps, ctx.scope, input)),
  events: member(policy.events)
    .input(contract.ListFeedbackEvents)
    .output(contract.FeedbackEventPage)
    .query(({ ctx, input }) => actions.listFeedbackEvents(ctx.deps, ctx.scope, input)),
});
