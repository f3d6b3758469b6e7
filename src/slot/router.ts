import { candidate, member, router } from "../app/trpc.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { slotPolicy as policy } from "./policy.ts";

export const offerRouter = router({
  create: member(policy.create)
    .input(contract.CreateOffer)
    .output(contract.Offer)
    .mutation(({ ctx, input }) => actions.createOffer(ctx.deps, ctx.scope, input)),
  get: member(policy.get)
    .input(contract.OfferIn)
    .output(contract.Offer)
    .query(({ ctx, input }) => actions.getOffer(ctx.deps, ctx.scope, input)),
  list: member(policy.list)
    .input(contract.ListOffers)
    .output(contract.OfferPage)
    .query(({ ctx, input }) => actions.listOffers(ctx.deps, ctx.scope, input)),
  addSlots: member(policy.addSlots)
    .input(contract.AddSlots)
    .output(contract.Offer)
    .mutation(({ ctx, input }) => actions.addSlots(ctx.deps, ctx.scope, input)),
  removeSlot: member(policy.removeSlot)
    .input(contract.SlotIn)
    .output(contract.Offer)
    .mutation(({ ctx, input }) => actions.removeSlot(ctx.deps, ctx.scope, input)),
  withdraw: member(policy.withdraw)
    .input(contract.WithdrawOffer)
    .output(contract.Offer)
    .mutation(({ ctx, input }) => actions.withdrawOffer(ctx.deps, ctx.scope, input)),
  close: member(policy.close)
    .input(contract.OfferIn)
    .output(contract.Offer)
    .mutation(({ ctx, input }) => actions.closeOffer(ctx.deps, ctx.scope, input)),
  own: candidate
    .input(contract.OfferIn)
    .output(contract.OwnOffer)
    .query(({ ctx, input }) => actions.showOwnOffer(ctx.deps, ctx.scope, input)),
  pick: candidate
    .input(contract.SlotIn)
    .output(contract.OwnOffer)
    .mutation(({ ctx, input }) => actions.pickSlot(ctx.deps, ctx.scope, input)),
});
