import { anyone, member, router } from "../app/trpc.ts";
import { Done, SignedIn } from "../identity/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { invitePolicy as policy } from "./policy.ts";

export const inviteRouter = router({
  create: member(policy.create)
    .input(contract.CreateInvites)
    .output(contract.CreatedInvites)
    .mutation(({ ctx, input }) => actions.createInvites(ctx.deps, ctx.scope, input)),
  list: member(policy.list)
    .input(contract.ListInvites)
    .output(contract.InvitePage)
    .query(({ ctx, input }) => actions.listInvites(ctx.deps, ctx.scope, input)),
  resend: member(policy.resend)
    .input(contract.ResendInvite)
    .output(contract.Invite)
    .mutation(({ ctx, input }) => actions.resendInvite(ctx.deps, ctx.scope, input)),
  revoke: member(policy.revoke)
    .input(contract.InviteIn)
    .output(contract.Invite)
    .mutation(({ ctx, input }) => actions.revokeInvite(ctx.deps, ctx.scope, input)),
  validate: anyone
    .input(contract.HeldInvite)
    .output(contract.ValidInvite)
    .query(({ ctx, input }) => actions.validateInvite(ctx.deps, input)),
  accept: anyone
    .input(contract.AcceptInvite)
    .output(SignedIn)
    .mutation(({ ctx, input }) => actions.acceptInvite(ctx.deps, ctx.actor, input)),
  reject: anyone
    .input(contract.HeldInvite)
    .output(Done)
    .mutation(({ ctx, input }) => actions.rejectInvite(ctx.deps, input)),
});
