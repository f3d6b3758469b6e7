import { newId } from "../../../src/kernel/ids.ts";
import { encodeCursor } from "../../../src/kernel/page.ts";
import { timelineKinds } from "../../../src/timeline/policy.ts";
import { givenField } from "../../support/field.ts";
import { newRefcheck } from "../../support/refcheck.ts";
import type { Stage } from "../../support/stage.ts";
import { newEmail } from "../../support/world.ts";
import { type Case, forMembers, inOneOrder, type Prepared, withoutCursor } from "./case.ts";

const newPassword = "eight brown bears in a wood";
const soon = () => new Date(Date.now() + 7 * 86_400_000).toISOString();

const newPhone = () => `+3120${String(Math.floor(Math.random() * 10 ** 9)).padStart(9, "0")}`;

const everything = () => ({
  ...{ user: { firstName: "Jane", lastName: "Doe", email: newEmail("jane") }, phone: newPhone() },
  ...{ appliedDate: "2024-01-10", source: "LinkedIn", tags: ["remote"] },
  externalIds: [{ system: "Greenhouse", id: newId("cnd") }],
  ...{ language: "de", timeZone: "Europe/Berlin", requestKey: newId("cnd") },
});

/** About somebody with a refcheck for the first team, which everybody is in. */
const about =
  (input: object = {}) =>
  async ({ house }: Stage): Promise<Prepared> => {
    const whose = await newRefcheck(house, "invited");
    return { whose, input: { candidateId: whose.candidateId, ...input } };
  };

const aboutRejected = async ({ house }: Stage): Promise<Prepared> => {
  const whose = await newRefcheck(house, "invited");
  const { candidateId } = whose;
  await house.owner.client.candidate.reject.mutate({ candidateId, letter: { sendAfterMinutes: 60 } });
  return { whose, input: { candidateId, why: "Somebody else has left." } };
};

const day = "2031-03-03";
/** What a list of candidates is walked through, and what is looked at on the way; every two of them are tried in test/record/plans.test.ts. */
const lanes: readonly object[] = [
  ...[{}, { status: "APPLIED" }, { source: "LinkedIn" }, { tag: "remote" }, { tag: ["remote", "night"] }],
  ...[{ email: "jane@example.com" }, { phone: "+31201234567" }, { externalId: { id: "ats-1" } }],
  ...[{ externalId: { system: "greenhouse", id: "ats-1" } }, { skill: { name: "Go", level: "EXPERT" } }],
  ...[{ employer: "Acme" }, { pipelineId: newId("pip") }, { stageId: newId("stg") }, { roleId: newId("rol") }],
  ...[{ projectId: newId("prj") }, { hiredFrom: day, hiredTo: day }, { rejectedFrom: day, rejectedTo: day }],
];
const looks = (): readonly object[] => [
  ...[{ search: "a" }, { search: "jane" }, { search: "+31 20" }, { createdFrom: soon() }, { createdTo: soon() }],
  ...[
    { ratingFrom: 2.5, ratingTo: 3, ratedBy: "hand" },
    { appliedFrom: day, appliedTo: day },
  ],
  { emailStatus: "ok", language: "en", timeZone: "Europe/Paris", hasPassword: false },
];
/** Of a field that is there: by another nobody is looked for. */
const askedKey = "notice_days";
const include = ["user", "source", "skills", "placements", "interviews", "refchecks"];
const everyFilter = () => [
  ...lanes.map((lane) => ({ ...lane, include })),
  ...looks().map((look) => ({ ...look, include })),
  ...[{ equals: 14 }, { from: 14, to: 30 }].map((asked) => ({ customField: { key: askedKey, ...asked }, include })),
  { status: "APPLIED", source: "LinkedIn", tag: "remote", search: "jane", createdTo: soon(), include },
];

const withField = ({ house }: Stage) => givenField(house, { key: askedKey, name: "Notice", type: "number" });

export const candidateCases: Readonly<Record<string, Case>> = {
  "candidate.create": forMembers("recruiter", {
    but: { stranger: "ok" },
    prepare: () => ({ input: { ...everything(), password: newPassword } }),
  }),
  "candidate.correctAddress": forMembers("recruiter", {
    prepare: async (stage) => {
      const { whose, input } = await about()(stage);
      return { ...(whose && { whose }), input: { ...Object(input), email: newEmail("corrected") } };
    },
  }),
  "candidate.edit": forMembers("recruiter", {
    prepare: async (stage) => {
      const { user, requestKey: _, appliedDate: __, ...changed } = everything();
      const { whose, input } = await about()(stage);
      const renamed = { user: { firstName: user.firstName, lastName: user.lastName } };
      const values = { ...changed, ...renamed, rating: 4.5, status: "INTERVIEWED" };
      return { ...(whose && { whose }), input: { ...Object(input), ...values } };
    },
  }),
  "candidate.markInterviewed": forMembers("recruiter", { prepare: about({ why: "They were here." }) }),
  "candidate.reject": forMembers("recruiter", {
    prepare: about({ why: "Somebody else was quicker.", letter: { sendAfterMinutes: 60 } }),
  }),
  "candidate.hire": forMembers("recruiter", { prepare: about({ why: "The best there is." }) }),
  "candidate.reopen": forMembers("recruiter", { prepare: aboutRejected }),
  "candidate.get": forMembers("hiring_manager", { prepare: about() }),
  "candidate.list": forMembers("hiring_manager", {
    but: { stranger: "ok" },
    foreign: { projectId: "ok", roleId: "ok", pipelineId: "ok", stageId: "ok" },
    prepare: async (stage) => {
      await withField(stage);
      return { input: { size: 5, search: "jane", include } };
    },
    ways: inOneOrder("candidates", [newId("cnd")], ...everyFilter()),
  }),
  "candidate.listPage": forMembers("hiring_manager", {
    but: { stranger: "ok" },
    foreign: { projectId: "ok", roleId: "ok", pipelineId: "ok", stageId: "ok" },
    prepare: async (stage) => {
      await withField(stage);
      return { input: { take: 20, skip: 5, search: "jane", include: ["user", "interviews"] } };
    },
    ways: withoutCursor(...everyFilter()),
  }),
  "candidate.merge": forMembers("recruiter", {
    prepare: async ({ house }) => {
      const whose = await newRefcheck(house, "invited");
      const other = await newRefcheck(house, "invited");
      return { whose, input: { candidateId: whose.candidateId, otherId: other.candidateId } };
    },
  }),
  "candidate.former": forMembers("hiring_manager", {
    prepare: about({ size: 5 }),
    ways: inOneOrder("former records", [newId("cnd")]),
  }),
  "candidate.events": forMembers("hiring_manager", {
    prepare: about({ size: 5 }),
    ways: inOneOrder("candidate events", [1]),
  }),
  "candidate.timeline": forMembers("hiring_manager", {
    prepare: about({ size: 5, kinds: ["refcheck", "letter"] }),
    ways: () => ({
      orders: (["asc", "desc"] as const).map((direction) => ({
        input: { direction },
        cursor: encodeCursor(`timeline ${direction}`, [Date.now(), 1, newId("evt")]),
      })),
      filters: [{ kinds: ["note"] }, { kinds: [...timelineKinds] }, { from: soon() }, { to: soon() }],
    }),
  }),
};
