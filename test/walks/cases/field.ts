import { givenField } from "../../support/field.ts";
import type { Stage } from "../../support/stage.ts";
import { unique } from "../../support/world.ts";
import { type Case, forMembers } from "./case.ts";

/** An organization has no room for one a call. */
const own = async ({ house }: Stage) => givenField(house, { key: "notice_days", name: "Notice", type: "number" });

const choices = [
  { value: "junior", name: "Junior" },
  { value: "senior", name: "Senior" },
];

export const fieldCases: Readonly<Record<string, Case>> = {
  "field.create": forMembers("admin", {
    but: { stranger: "ok" },
    prepare: () => ({ input: { key: `key_${unique()}`, name: "Level", type: "choice", isRequired: false, choices } }),
  }),
  "field.edit": forMembers("admin", {
    prepare: async ({ house }) => {
      const { id: fieldId } = await givenField(house, { key: "level", name: "Level", type: "choices", choices });
      return { input: { fieldId, name: "Levels", choices: [...choices, { value: "lead", name: "Lead" }] } };
    },
  }),
  "field.setOrder": forMembers("admin", {
    but: { stranger: "moved_on" },
    foreign: { "fieldIds.0": "moved_on" },
    prepare: async (stage) => {
      await own(stage);
      const { fields } = await stage.house.owner.client.field.list.query();
      const open = fields.filter(({ archivedAt }) => archivedAt === null);
      return { input: { fieldIds: open.map(({ id }) => id).reverse() } };
    },
  }),
  "field.archive": forMembers("admin", {
    prepare: async (stage) => ({ input: { fieldId: (await own(stage)).id } }),
  }),
  "field.restore": forMembers("admin", {
    prepare: async (stage) => {
      const { id: fieldId } = await own(stage);
      await stage.house.owner.client.field.archive.mutate({ fieldId });
      return { input: { fieldId } };
    },
  }),
  "field.list": forMembers("hiring_manager", { but: { stranger: "ok" }, prepare: () => ({}) }),
};
