import { newId } from "../../../src/kernel/ids.ts";
import { encodeCursor } from "../../../src/kernel/page.ts";
import { newMember, type Stage } from "../../support/stage.ts";
import { givenProject } from "../../support/world.ts";
import { type Case, forMembers, inOneOrder } from "./case.ts";

const seeing = { hiringManager: "not_found" } as const;
const stepsOf = (title: string) => [{ kind: "question", title, answer: { kind: "text", maxChars: 500 } }];

const draft = ({ house }: Stage) => house.owner.client.project.create.mutate({ name: "A draft" });

async function draftWithSteps(stage: Stage) {
  const { id: projectId, revision } = await draft(stage);
  const { setSteps } = stage.house.owner.client.project;
  const { steps } = await setSteps.mutate({
    projectId,
    revision,
    steps: [{ kind: "question", title: "Why here?", answer: { kind: "text", maxChars: 500 } }],
  });
  return { projectId, revision: revision + 1, steps };
}

async function draftWithCriteria(stage: Stage) {
  const { id: projectId } = await draft(stage);
  const { criteria } = await stage.house.owner.client.project.setCriteria.mutate({
    projectId,
    criteria: [{ name: "Warmth" }],
  });
  return { projectId, criteria };
}

async function someonesRole({ house, project }: Stage) {
  const { memberId } = await newMember(house, "hiring_manager");
  return { projectId: project.id, memberId, role: "reviewer" as const };
}

export const projectCases: Readonly<Record<string, Case>> = {
  "project.create": forMembers("recruiter", {
    but: { stranger: "ok" },
    prepare: () => ({ input: { name: "A new one", labels: ["spring"], internalId: "B-12" } }),
  }),
  "project.edit": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { projectId: (await draft(stage)).id, name: "Another name" } }),
  }),
  "project.get": forMembers("hiring_manager", {
    but: seeing,
    prepare: ({ project }) => ({ input: { projectId: project.id } }),
  }),
  "project.list": forMembers("hiring_manager", {
    but: { stranger: "ok" },
    prepare: () => ({ input: { size: 5, sort: "name", search: "a" } }),
    ways: () => ({
      orders: [
        { input: { sort: "created" }, cursor: encodeCursor("projects by created", [newId("prj")]) },
        {
          input: { sort: "name" },
          cursor: encodeCursor("projects by name", ["bar", newId("prj")]),
          sortsAll: "people make projects one by one",
        },
      ],
      filters: [{ status: "active" }, { kind: "interview" }, { label: "spring" }, { search: "a" }],
    }),
  }),
  "project.setSteps": forMembers("recruiter", {
    prepare: async (stage) => {
      const { projectId, revision, steps } = await draftWithSteps(stage);
      return { input: { projectId, revision, steps: [...steps, ...stepsOf("And why now?")] } };
    },
  }),
  "project.setCriteria": forMembers("recruiter", {
    prepare: async (stage) => ({ input: await draftWithCriteria(stage) }),
  }),
  "project.activate": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { projectId: (await draftWithSteps(stage)).projectId } }),
  }),
  "project.archive": forMembers("recruiter", {
    prepare: async ({ house }) => ({ input: { projectId: (await givenProject(house)).id } }),
  }),
  "project.roles": forMembers("hiring_manager", {
    but: seeing,
    prepare: ({ project }) => ({ input: { projectId: project.id, size: 5 } }),
    ways: inOneOrder("project roles", [newId("mem"), "evaluator"], { role: "evaluator" }),
  }),
  "project.assignRole": forMembers("recruiter", { prepare: async (stage) => ({ input: await someonesRole(stage) }) }),
  "project.unassignRole": forMembers("recruiter", {
    prepare: async (stage) => {
      const input = await someonesRole(stage);
      await stage.house.owner.client.project.assignRole.mutate(input);
      return { input };
    },
  }),
};
