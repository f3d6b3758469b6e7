import { newId } from "../../../src/kernel/ids.ts";
import { encodeCursor } from "../../../src/kernel/page.ts";
import { timelineKinds } from "../../../src/timeline/policy.ts";
import { newRefcheck } from "../../support/refcheck.ts";
import type { Stage } from "../../support/stage.ts";
import { newEmail } from "../../support/world.ts";
import { type Case, forMembers, inOneOrder, type Prepared, withoutCursor } from "./case.ts";

const newPassword = "eight brown bears in a wood";
const soon = () => new Date(Date.now() + 7 * 86_400_000).toISOString();

const newPhone = () => `+3120${String(Math.floor(Math.random() * 10 ** 9)).padStart(9, "0")}`;

const everything = () => ({
  ...{ user: { firstName: "Jane", lastName: "Doe", email: newEmail("jane") }, phone: newPhone() },
  ...{ appliedDate: "2024-01-10", source: "LinkedIn", tags: ["remote"], externalId: "ats-1" },
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

/** Each filter alone, and those that are walked together in another way: what is walked through, and what is looked at. */
const everyFilter = (): object[] => {
  const lanes = [{}, { status: "APPLIED" }, { source: "LinkedIn" }, { tag: "remote" }];
  const all = { status: "APPLIED", source: "LinkedIn", tag: "remote" };
  const looks = [{}, { search: "a" }, { search: "+31 20" }, { ratingFrom: 2.5 }, { createdFrom: soon() }];
  const include = ["user", "source", "interviews", "refchecks"];
  return [...lanes, all].flatMap((lane) =>
    [...looks, { createdTo: soon(), search: "a" }].map((look) => ({ ...lane, ...look, include })),
  );
};

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
    prepare: () => ({ input: { size: 5, search: "a", include: ["user", "source", "interviews", "refchecks"] } }),
    ways: inOneOrder("candidates", [newId("cnd")], ...everyFilter()),
  }),
  "candidate.listPage": forMembers("hiring_manager", {
    but: { stranger: "ok" },
    prepare: () => ({ input: { take: 20, skip: 5, search: "a", include: ["user", "interviews"] } }),
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
