import { newId } from "../../../src/kernel/ids.ts";
import {
  aReference,
  givenRole,
  makeRefcheckLate,
  newFlaggedRefcheck,
  newRefcheck,
  type RefcheckStanding,
  roleOf,
  shortAnswers,
} from "../../support/refcheck.ts";
import type { Stage } from "../../support/stage.ts";
import { newEmail } from "../../support/world.ts";
import { type Case, forCandidates, forMembers, forReferences, inOneOrder, type Prepared } from "./case.ts";

const person = () => ({ email: newEmail("candidate"), firstName: "Cleo", lastName: "Candidate" });
const soon = () => new Date(Date.now() + 7 * 86_400_000).toISOString();

/** About a refcheck that stands so. */
const about =
  (standing: RefcheckStanding, input: object = {}) =>
  async ({ house }: Stage): Promise<Prepared> => {
    const whose = await newRefcheck(house, standing);
    return { whose, input: { refcheckId: whose.refcheckId, ...input } };
  };

/** About its one reference. */
const aboutOne =
  (standing: RefcheckStanding, input: () => object = () => ({})) =>
  async ({ house }: Stage): Promise<Prepared> => {
    const whose = await newRefcheck(house, standing);
    return { whose, input: { referenceId: whose.referenceId, ...input() } };
  };

/** By that reference, who sends no id. */
const by =
  (standing: RefcheckStanding, input?: object) =>
  async ({ house }: Stage): Promise<Prepared> => {
    const whose = await newRefcheck(house, standing);
    return input === undefined ? { whose } : { whose, input };
  };

/** Each filter of `refcheck.list`, and those that are walked together in another way: what is walked through, by status, and what is looked at. */
const everyKindOf = ({ team }: Stage["house"]): object[] => {
  const places = [{}, { roleId: newId("rol") }, { teamId: team.id }, { roleId: newId("rol"), teamId: team.id }];
  const statuses = [{}, { status: "completed" }, { status: "in_progress" }, { status: "expired" }];
  const looks = [{}, { search: "a" }, { createdFrom: soon() }, { createdTo: soon() }];
  const all = { search: "a", createdFrom: soon(), createdTo: soon() };
  return places.flatMap((place) =>
    statuses.flatMap((status) => [...looks, all].map((look) => ({ ...place, ...status, ...look, withSummary: true }))),
  );
};

export const refcheckCases: Readonly<Record<string, Case>> = {
  "refcheck.create": forMembers("recruiter", {
    prepare: async ({ house }) => ({
      input: { roleId: (await roleOf(house)).id, candidate: person(), deadlineAt: soon(), requestKey: newId("rck") },
    }),
  }),
  "refcheck.createMany": forMembers("recruiter", {
    prepare: async ({ house }) => ({
      input: {
        roleId: (await roleOf(house)).id,
        rows: [{ candidate: person() }, { candidate: person(), invite: false }],
      },
    }),
  }),
  "refcheck.invite": forMembers("recruiter", { prepare: about("created") }),
  "refcheck.cancel": forMembers("recruiter", { prepare: about("invited", { why: "The role is filled." }) }),
  "refcheck.setDeadline": forMembers("recruiter", { prepare: about("invited", { deadlineAt: soon() }) }),
  "refcheck.restore": forMembers("recruiter", {
    prepare: async (stage) => {
      const whose = await newRefcheck(stage.house, "invited");
      await makeRefcheckLate(whose.refcheckId);
      return { whose, input: { refcheckId: whose.refcheckId, deadlineAt: soon() } };
    },
  }),
  "refcheck.resend": forMembers("recruiter", { prepare: about("invited") }),
  "refcheck.correctAddress": forMembers("recruiter", {
    prepare: async ({ house }) => {
      const whose = await newRefcheck(house, "named");
      return { whose, input: { refcheckId: whose.refcheckId, email: newEmail("corrected") } };
    },
  }),
  "refcheck.get": forMembers("hiring_manager", { prepare: about("named") }),
  "refcheck.list": forMembers("hiring_manager", {
    but: { stranger: "ok" },
    foreign: { roleId: "ok", teamId: "ok" },
    prepare: () => ({ input: { size: 5, search: "a", withSummary: true } }),
    ways: ({ house }) => inOneOrder("refchecks", [newId("rck")], ...everyKindOf(house))(),
  }),
  "refcheck.summary": forMembers("hiring_manager", {
    but: { stranger: "ok" },
    foreign: { roleId: "ok", teamId: "ok" },
    prepare: async ({ house }) => ({
      input: { roleId: (await roleOf(house)).id, teamId: house.team.id, search: "a", createdTo: soon() },
    }),
  }),
  "refcheck.events": forMembers("hiring_manager", {
    prepare: about("named", { size: 5 }),
    ways: inOneOrder("refcheck events", [1]),
  }),
  "refcheck.own": forCandidates({ prepare: about("named", { expand: ["role"] }) }),
  "refcheck.listOwn": forCandidates({
    but: {
      candidateByOtherLink: "ok",
      candidateByRefcheck: "ok",
      candidateByOffer: "ok",
      otherCandidate: "ok",
      foreignCandidate: "ok",
    },
    prepare: by("invited", { size: 5 }),
    ways: inOneOrder("own refchecks", [newId("rck")]),
  }),
  "refcheck.consent": forCandidates({ prepare: about("invited", { version: 1 }) }),
  "refcheck.withdraw": forCandidates({ prepare: about("consented") }),
  "reference.add": forCandidates({
    prepare: async ({ house }) => {
      const whose = await newRefcheck(house, "consented");
      return { whose, input: { refcheckId: whose.refcheckId, ...aReference({ language: "nl" }) } };
    },
  }),
  "reference.edit": forCandidates({
    prepare: aboutOne("accepted", () => ({ email: newEmail("referee"), firstName: "Rob" })),
  }),
  "reference.replace": forCandidates({ prepare: aboutOne("accepted", () => ({ by: aReference() })) }),
  "reference.sharedAnswers": forCandidates({
    prepare: async ({ house }) => {
      const { id: roleId } = await givenRole(house, { referencesRequired: 1, answersShared: true });
      const whose = await newRefcheck(house, "completed", { roleId });
      return { whose, input: { referenceId: whose.referenceId } };
    },
  }),
  "reference.own": forReferences({ prepare: by("named") }),
  "reference.accept": forReferences({ prepare: by("named") }),
  "reference.decline": forReferences({ prepare: by("accepted", { reason: "other", note: "We never met." }) }),
  "reference.questionnaire": forReferences({ prepare: by("answered", { language: "nl" }) }),
  "reference.save": forReferences({ prepare: by("accepted", { answers: shortAnswers }) }),
  "reference.finish": forReferences({ prepare: by("answered") }),
  "refcheckReport.get": forMembers("hiring_manager", { prepare: about("completed") }),
  "refcheckReport.file": forMembers("hiring_manager", { prepare: about("completed", { format: "html" }) }),
  "refcheckReport.share": forMembers("recruiter", {
    prepare: about("completed", { label: "Noor, who decides", withSignals: false }),
  }),
  "refcheckReport.listShares": forMembers("recruiter", {
    prepare: about("completed", { size: 5 }),
    ways: inOneOrder("report shares", [newId("shr")]),
  }),
  "refcheckReport.revokeShare": forMembers("recruiter", {
    prepare: async ({ house }) => {
      const whose = await newRefcheck(house, "completed");
      const { refcheckId } = whose;
      const { id } = await house.owner.client.refcheckReport.share.mutate({ refcheckId, label: "Noor" });
      return { whose, input: { reportShareId: id } };
    },
  }),
  "signal.resolve": forMembers("recruiter", {
    prepare: async ({ house }) => {
      const { whose, signal } = await newFlaggedRefcheck(house);
      return {
        whose,
        input: { refcheckId: whose.refcheckId, signalIds: [signal.id], note: "It is her private address." },
      };
    },
  }),
  "reference.answers": forMembers("hiring_manager", { prepare: aboutOne("completed") }),
};
