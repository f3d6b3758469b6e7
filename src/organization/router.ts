import { member, router, signedIn } from "../app/trpc.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { organizationPolicy as policy } from "./policy.ts";

export const organizationRouter = router({
  create: signedIn
    .input(contract.CreateOrganization)
    .output(contract.CreatedOrganization)
    .mutation(({ ctx, input }) => actions.createOrganization(ctx.deps, ctx.scope, input)),
  get: member(policy.get)
    .output(contract.Organization)
    .query(({ ctx }) => actions.getOrganization(ctx.deps, ctx.scope)),
  edit: member(policy.edit)
    .input(contract.EditOrganization)
    .output(contract.Organization)
    .mutation(({ ctx, input }) => actions.editOrganization(ctx.deps, ctx.scope, input)),
});
