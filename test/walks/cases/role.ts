import { newId } from "../../../src/kernel/ids.ts";
import { shortQuestionnaire } from "../../support/questionnaire.ts";
import { givenRole, givenRoleTemplate } from "../../support/refcheck.ts";
import type { Stage } from "../../support/stage.ts";
import { type Case, forMembers, inOneOrder } from "./case.ts";

const ownTemplate = async ({ house }: Stage) => ({ roleTemplateId: (await givenRoleTemplate(house)).id });
const openRole = async ({ house }: Stage) => ({ roleId: (await givenRole(house)).id });
/** What ships with Anteroom is there for a stranger too, and theirs to use. */
const theirsToo = { stranger: "ok" } as const;

export const roleCases: Readonly<Record<string, Case>> = {
  "roleTemplate.create": forMembers("recruiter", {
    but: theirsToo,
    prepare: () => ({ input: { title: "Night shift", questionnaire: shortQuestionnaire } }),
  }),
  "roleTemplate.edit": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { ...(await ownTemplate(stage)), title: "Another title", periodMonths: 12 } }),
  }),
  "roleTemplate.remove": forMembers("recruiter", {
    prepare: async (stage) => ({ input: await ownTemplate(stage) }),
  }),
  "roleTemplate.get": forMembers("hiring_manager", {
    prepare: async (stage) => ({ input: await ownTemplate(stage) }),
  }),
  "roleTemplate.list": forMembers("hiring_manager", {
    but: theirsToo,
    prepare: () => ({ input: { size: 5, search: "a" } }),
    ways: inOneOrder("role templates", [newId("rtp")], { search: "a" }),
  }),
  "role.create": forMembers("recruiter", {
    prepare: async (stage) => ({
      input: { ...(await ownTemplate(stage)), teamId: stage.house.team.id, title: "Barista", internalId: "B-12" },
    }),
  }),
  "role.edit": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { ...(await openRole(stage)), title: "Another title", answersShared: true } }),
  }),
  "role.setQuestionnaire": forMembers("recruiter", {
    prepare: async (stage) => ({
      input: { ...(await openRole(stage)), revision: 1, questionnaire: shortQuestionnaire },
    }),
  }),
  "role.close": forMembers("recruiter", { prepare: async (stage) => ({ input: await openRole(stage) }) }),
  "role.get": forMembers("hiring_manager", { prepare: async (stage) => ({ input: await openRole(stage) }) }),
  "role.list": forMembers("hiring_manager", {
    but: theirsToo,
    foreign: { teamId: "ok" },
    prepare: () => ({ input: { size: 5, search: "a" } }),
    ways: ({ house }) =>
      inOneOrder("roles", [newId("rol")], { status: "open" }, { teamId: house.team.id }, { search: "a" })(),
  }),
};
