import { newId } from "../../../src/kernel/ids.ts";
import { documentsEducation, documentsExperience, documentsSkills, newCandidate } from "../../support/background.ts";
import type { Stage } from "../../support/stage.ts";
import { type Case, forMembers, inOneOrder } from "./case.ts";

/** About somebody who is interviewed in the stage's project: whoever holds no role in it does not see them. */
const unseen = { hiringManager: "not_found" } as const;
/** Whoever sees the note, and neither wrote it nor is an admin. */
const notTheirs = {
  recruiter: "not_allowed",
  interviewManager: "not_allowed",
  evaluator: "not_allowed",
  ...unseen,
} as const;

const someone = async ({ house }: Stage) => ({ candidateId: await newCandidate(house) });

async function experienced(stage: Stage) {
  const { background } = stage.house.owner.client;
  const { id } = await background.addExperience.mutate({ ...(await someone(stage)), ...documentsExperience });
  return { experienceId: id };
}

async function educated(stage: Stage) {
  const { background } = stage.house.owner.client;
  const { id } = await background.addEducation.mutate({ ...(await someone(stage)), ...documentsEducation });
  return { educationId: id };
}

async function noted({ house, invited }: Stage) {
  const { candidateId } = invited;
  const { id } = await house.owner.client.note.add.mutate({ candidateId, text: "Asked good questions." });
  return { noteId: id };
}

export const backgroundCases: Readonly<Record<string, Case>> = {
  "background.get": forMembers("hiring_manager", {
    but: unseen,
    prepare: ({ invited }) => ({ input: { candidateId: invited.candidateId } }),
  }),
  "background.addSkills": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { ...(await someone(stage)), ...documentsSkills } }),
  }),
  "background.removeSkill": forMembers("recruiter", {
    prepare: async (stage) => {
      const { candidateId } = await someone(stage);
      await stage.house.owner.client.background.addSkills.mutate({ candidateId, ...documentsSkills });
      return { input: { candidateId, name: "TypeScript" } };
    },
  }),
  "background.addExperience": forMembers("recruiter", {
    prepare: async (stage) => ({
      input: { ...(await someone(stage)), ...documentsExperience, worked: { from: "2019-03", to: "2022-03" } },
    }),
  }),
  "background.editExperience": forMembers("recruiter", {
    prepare: async (stage) => ({
      input: { ...(await experienced(stage)), occupation: "Lead Developer", worked: { from: "2019-03" } },
    }),
  }),
  "background.removeExperience": forMembers("recruiter", {
    prepare: async (stage) => ({ input: await experienced(stage) }),
  }),
  "background.addEducation": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { ...(await someone(stage)), ...documentsEducation } }),
  }),
  "background.editEducation": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { ...(await educated(stage)), degree: "MS Computer Science" } }),
  }),
  "background.removeEducation": forMembers("recruiter", {
    prepare: async (stage) => ({ input: await educated(stage) }),
  }),
  "note.add": forMembers("hiring_manager", {
    but: unseen,
    prepare: ({ invited }) => ({ input: { candidateId: invited.candidateId, text: "Asked good questions." } }),
  }),
  "note.edit": forMembers("hiring_manager", {
    but: notTheirs,
    prepare: async (stage) => ({ input: { ...(await noted(stage)), text: "Asked very good questions." } }),
  }),
  "note.remove": forMembers("hiring_manager", {
    but: notTheirs,
    prepare: async (stage) => ({ input: await noted(stage) }),
  }),
  "note.list": forMembers("hiring_manager", {
    but: unseen,
    prepare: ({ invited }) => ({ input: { candidateId: invited.candidateId, size: 5 } }),
    ways: inOneOrder("notes", [newId("nte")]),
  }),
};
