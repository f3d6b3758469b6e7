import { member, router } from "../app/trpc.ts";
import { Refcheck } from "../refcheck/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { signalPolicy as policy } from "./policy.ts";

export const signalRouter = router({
  resolve: member(policy.resolve)
    .input(contract.ResolveSignals)
    .output(Refcheck)
    .mutation(({ ctx, input }) => actions.resolveSignals(ctx.deps, ctx.scope, input)),
});
