import { member, router } from "../app/trpc.ts";
import { CandidateIn } from "../candidate/contract.ts";
import { Done } from "../identity/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { backgroundPolicy as policy } from "./policy.ts";

export const backgroundRouter = router({
  get: member(policy.get)
    .input(CandidateIn)
    .output(contract.Background)
    .query(({ ctx, input }) => actions.getBackground(ctx.deps, ctx.scope, input)),
  addSkills: member(policy.change)
    .input(contract.AddSkills)
    .output(contract.Skills)
    .mutation(({ ctx, input }) => actions.addSkills(ctx.deps, ctx.scope, input)),
  removeSkill: member(policy.change)
    .input(contract.RemoveSkill)
    .output(Done)
    .mutation(({ ctx, input }) => actions.removeSkill(ctx.deps, ctx.scope, input)),
  addExperience: member(policy.change)
    .input(contract.AddExperience)
    .output(contract.Experience)
    .mutation(({ ctx, input }) => actions.addExperience(ctx.deps, ctx.scope, input)),
  editExperience: member(policy.change)
    .input(contract.EditExperience)
    .output(contract.Experience)
    .mutation(({ ctx, input }) => actions.editExperience(ctx.deps, ctx.scope, input)),
  removeExperience: member(policy.change)
    .input(contract.ExperienceIn)
    .output(Done)
    .mutation(({ ctx, input }) => actions.removeExperience(ctx.deps, ctx.scope, input)),
  addEducation: member(policy.change)
    .input(contract.AddEducation)
    .output(contract.Education)
    .mutation(({ ctx, input }) => actions.addEducation(ctx.deps, ctx.scope, input)),
  editEducation: member(policy.change)
    .input(contract.EditEducation)
    .output(contract.Education)
    .mutation(({ ctx, input }) => actions.editEducation(ctx.deps, ctx.scope, input)),
  removeEducation: member(policy.change)
    .input(contract.EducationIn)
    .output(Done)
    .mutation(({ ctx, input }) => actions.removeEducation(ctx.deps, ctx.scope, input)),
});
