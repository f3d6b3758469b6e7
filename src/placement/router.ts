import { member, router } from "../app/trpc.ts";
import { Done } from "../identity/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { placementPolicy as policy } from "./policy.ts";

export const placementRouter = router({
  put: member(policy.put)
    .input(contract.Put)
    .output(contract.Placement)
    .mutation(({ ctx, input }) => actions.putPlacement(ctx.deps, ctx.scope, input)),
  move: member(policy.move)
    .input(contract.Move)
    .output(contract.Placement)
    .mutation(({ ctx, input }) => actions.movePlacement(ctx.deps, ctx.scope, input)),
  remove: member(policy.remove)
    .input(contract.Remove)
    .output(Done)
    .mutation(({ ctx, input }) => actions.removePlacement(ctx.deps, ctx.scope, input)),
  events: member(policy.events)
    .input(contract.ListPlacementEvents)
    .output(contract.PlacementEventPage)
    .query(({ ctx, input }) => actions.listPlacementEvents(ctx.deps, ctx.scope, input)),
  list: member(policy.list)
    .input(contract.ListPlacements)
    .output(contract.PlacementPage)
    .query(({ ctx, input }) => actions.listPlacements(ctx.deps, ctx.scope, input)),
});
