import { member, router } from "../app/trpc.ts";
import { Done } from "../identity/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { teamPolicy as policy } from "./policy.ts";

export const teamRouter = router({
  create: member(policy.create)
    .input(contract.CreateTeam)
    .output(contract.ShownTeam)
    .mutation(({ ctx, input }) => actions.createTeam(ctx.deps, ctx.scope, input)),
  get: member(policy.get)
    .input(contract.TeamIn)
    .output(contract.ShownTeam)
    .query(({ ctx, input }) => actions.getTeam(ctx.deps, ctx.scope, input)),
  list: member(policy.list)
    .input(contract.ListTeams)
    .output(contract.TeamPage)
    .query(({ ctx, input }) => actions.listTeams(ctx.deps, ctx.scope, input)),
  rename: member(policy.rename)
    .input(contract.RenameTeam)
    .output(contract.ShownTeam)
    .mutation(({ ctx, input }) => actions.renameTeam(ctx.deps, ctx.scope, input)),
  archive: member(policy.archive)
    .input(contract.TeamIn)
    .output(contract.ShownTeam)
    .mutation(({ ctx, input }) => actions.archiveTeam(ctx.deps, ctx.scope, input)),
  members: member(policy.members)
    .input(contract.ListTeamMembers)
    .output(contract.TeamMemberPage)
    .query(({ ctx, input }) => actions.listTeamMembers(ctx.deps, ctx.scope, input)),
  addMember: member(policy.addMember)
    .input(contract.AddTeamMember)
    .output(contract.TeamMember)
    .mutation(({ ctx, input }) => actions.addTeamMember(ctx.deps, ctx.scope, input)),
  removeMember: member(policy.removeMember)
    .input(contract.TeamMemberIn)
    .output(Done)
    .mutation(({ ctx, input }) => actions.removeTeamMember(ctx.deps, ctx.scope, input)),
  setAdmin: member(policy.setAdmin)
    .input(contract.SetTeamAdmin)
    .output(contract.TeamMember)
    .mutation(({ ctx, input }) => actions.setTeamAdmin(ctx.deps, ctx.scope, input)),
});
