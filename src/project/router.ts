import { member, router } from "../app/trpc.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { projectPolicy as policy } from "./policy.ts";

export const projectRouter = router({
  create: member(policy.create)
    .input(contract.CreateProject)
    .output(contract.Project)
    .mutation(({ ctx, input }) => actions.createProject(ctx.deps, ctx.scope, input)),
  edit: member(policy.edit)
    .input(contract.EditProject)
    .output(contract.Project)
    .mutation(({ ctx, input }) => actions.editProject(ctx.deps, ctx.scope, input)),
  get: member(policy.get)
    .input(contract.ProjectRef)
    .output(contract.ProjectInFull)
    .query(({ ctx, input }) => actions.getProject(ctx.deps, ctx.scope, input)),
  list: member(policy.list)
    .input(contract.ListProjects)
    .output(contract.ProjectPage)
    .query(({ ctx, input }) => actions.listProjects(ctx.deps, ctx.scope, input)),
  setSteps: member(policy.setSteps)
    .input(contract.SetSteps)
    .output(contract.StepsSet)
    .mutation(({ ctx, input }) => actions.setSteps(ctx.deps, ctx.scope, input)),
  setCriteria: member(policy.setCriteria)
    .input(contract.SetCriteria)
    .output(contract.CriteriaSet)
    .mutation(({ ctx, input }) => actions.setCriteria(ctx.deps, ctx.scope, input)),
  activate: member(policy.activate)
    .input(contract.ProjectRef)
    .output(contract.Project)
    .mutation(({ ctx, input }) => actions.activateProject(ctx.deps, ctx.scope, input)),
  archive: member(policy.archive)
    .input(contract.ProjectRef)
    .output(contract.Project)
    .mutation(({ ctx, input }) => actions.archiveProject(ctx.deps, ctx.scope, input)),
  roles: member(policy.roles)
    .input(contract.ListRoles)
    .output(contract.RolePage)
    .query(({ ctx, input }) => actions.listRoles(ctx.deps, ctx.scope, input)),
  assignRole: member(policy.assignRole)
    .input(contract.RoleChange)
    .output(contract.RoleHolder)
    .mutation(({ ctx, input }) => actions.assignRole(ctx.deps, ctx.scope, input)),
  unassignRole: member(policy.unassignRole)
    .input(contract.RoleChange)
    .output(contract.RoleChange)
    .mutation(({ ctx, input }) => actions.unassignRole(ctx.deps, ctx.scope, input)),
});
