import { member, router } from "../app/trpc.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { letterPolicy as policy } from "./policy.ts";

export const letterRouter = router({
  list: member(policy.list)
    .input(contract.ListLetters)
    .output(contract.LetterPage)
    .query(({ ctx, input }) => actions.listLetters(ctx.deps, ctx.scope, input)),
  sendAgain: member(policy.sendAgain)
    .input(contract.LetterIn)
    .output(contract.Letter)
    .mutation(({ ctx, input }) => actions.sendAgain(ctx.deps, ctx.scope, input)),
});
