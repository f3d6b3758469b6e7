import { rowOutcomes } from "../../../src/importing/policy.ts";
import { newId } from "../../../src/kernel/ids.ts";
import type { Stage } from "../../support/stage.ts";
import { givenTable, newImport } from "../../support/table.ts";
import { type Case, forMembers, inOneOrder } from "./case.ts";

/** Whoever is in no organization of ours has imports and people of their own. */
const theirsToo = { stranger: "ok" } as const;

const sent = async ({ house }: Stage) => {
  const { uploadId } = await givenTable(house.owner.client, "candidates", "Who,E-mail,Shoe size\nJane Doe,bad,38\n");
  const columns = [
    { name: "Who", field: "fullName" },
    { name: "Shoe size", field: null },
  ];
  return { input: { uploadId, columns, onKnown: "update" } };
};

const running =
  (input: object = {}) =>
  async ({ house }: Stage) => {
    const { importId } = await newImport(house);
    return { input: { importId, ...input } };
  };

export const importCases: Readonly<Record<string, Case>> = {
  "import.beginUpload": forMembers("recruiter", {
    but: theirsToo,
    prepare: () => ({ input: { subject: "contacts", name: "Customers 2026.csv" } }),
  }),
  "import.showUpload": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { uploadId: (await sent(stage)).input.uploadId } }),
  }),
  "import.rehearse": forMembers("recruiter", { prepare: sent }),
  "import.start": forMembers("recruiter", { prepare: sent }),
  "import.get": forMembers("recruiter", { prepare: running() }),
  "import.list": forMembers("recruiter", {
    but: theirsToo,
    prepare: () => ({ input: { size: 5 } }),
    ways: inOneOrder("imports", [newId("imp")]),
  }),
  "import.cancel": forMembers("recruiter", { prepare: running() }),
  "import.rows": forMembers("recruiter", {
    prepare: running({ size: 5 }),
    ways: inOneOrder("import rows", [1], ...rowOutcomes.map((outcome) => ({ outcome }))),
  }),
  "import.leftOut": forMembers("recruiter", { prepare: running() }),

  "export.candidates": forMembers("recruiter", {
    but: theirsToo,
    // A filter that nobody passes: the address is given, and the table behind it is empty.
    foreign: { projectId: "ok", roleId: "ok", pipelineId: "ok", stageId: "ok" },
    prepare: () => ({ input: { status: "APPLIED", tag: "remote", search: "a", byteOrderMark: false } }),
  }),
  "export.contacts": forMembers("recruiter", {
    but: theirsToo,
    prepare: () => ({ input: { contactType: "LEAD", search: "a" } }),
  }),
};
