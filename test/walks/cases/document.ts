import { newId } from "../../../src/kernel/ids.ts";
import { newCandidate } from "../../support/background.ts";
import { givenDocument } from "../../support/document.ts";
import { newInterview, type Stage } from "../../support/stage.ts";
import { type Case, forMembers, inOneOrder } from "./case.ts";

/** About somebody who is interviewed in the stage's project: whoever holds no role in it does not see them. */
const unseen = { hiringManager: "not_found" } as const;

const kept =
  (input: object = {}) =>
  async ({ house, project }: Stage) => {
    // Of somebody new: there may not be as many of one as the walks make.
    const { candidateId } = await newInterview(house, project.id, "new");
    const { documentId } = await givenDocument(house.owner.client, candidateId);
    return { input: { documentId, ...input } };
  };

export const documentCases: Readonly<Record<string, Case>> = {
  "document.announce": forMembers("recruiter", {
    prepare: async ({ house }) => ({
      input: {
        ...{ candidateId: await newCandidate(house), fileName: "Lebenslauf.pdf", type: "pdf", bytes: 20_000 },
        ...{ kind: "cv", label: "In German", requestKey: newId("doc") },
      },
    }),
  }),
  "document.get": forMembers("hiring_manager", { but: unseen, prepare: kept() }),
  "document.list": forMembers("hiring_manager", {
    but: unseen,
    prepare: ({ invited }) => ({ input: { candidateId: invited.candidateId, size: 5 } }),
    ways: inOneOrder("documents", [newId("doc")]),
  }),
  "document.link": forMembers("hiring_manager", { but: unseen, prepare: kept() }),
  "document.edit": forMembers("recruiter", {
    prepare: kept({ fileName: "CV 2026.pdf", kind: "cv", label: "The newer one" }),
  }),
  "document.remove": forMembers("recruiter", { prepare: kept() }),
};
