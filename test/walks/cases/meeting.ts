import { newId } from "../../../src/kernel/ids.ts";
import { encodeCursor } from "../../../src/kernel/page.ts";
import { newMeeting, newTimes } from "../../support/meeting.ts";
import { newCandidate } from "../../support/pipeline.ts";
import { newRefcheck } from "../../support/refcheck.ts";
import type { Stage } from "../../support/stage.ts";
import { type Case, forMembers, type Prepared } from "./case.ts";

const told = { title: "Technical Interview", description: "Bring a laptop.", location: "Room 4" };
const url = "https://meet.example.com/room-4";

const inFull = ({ members }: Stage) => ({
  ...{ ...told, url, ...newTimes(), timeZone: "Europe/Berlin", reminderHours: [48, 2] },
  interviewers: [{ memberId: members.recruiter.memberId }, { memberId: members.evaluator.memberId }],
});

const ownMeeting = async ({ house, members }: Stage) => {
  const { id: meetingId, version } = await newMeeting(house, await newCandidate(house), members.admin.memberId);
  return { meetingId, version };
};

/** With somebody who has a refcheck for the first team, which everybody is in. */
const seenByAll =
  (over: object = {}) =>
  async ({ house, members }: Stage): Promise<Prepared> => {
    const whose = await newRefcheck(house, "invited");
    const { id: meetingId } = await newMeeting(house, whose.candidateId, members.admin.memberId);
    return { whose, input: { meetingId, ...over } };
  };

/** Each lane alone and both together, and what is looked at on the way. */
const everyFilter = ({ members, invited }: Stage): object[] => {
  const { candidateId } = invited;
  const { memberId } = members.recruiter;
  const lanes = [{}, { candidateId }, { memberId }, { candidateId, memberId }];
  const looks = [{ includeCanceled: true }, { startsFrom: newTimes().startsAt }, { startsTo: newTimes().endsAt }];
  const all = { startsFrom: newTimes().startsAt, startsTo: newTimes().endsAt, includeCanceled: true };
  return lanes.flatMap((lane) => [{}, ...looks, all].map((look) => ({ ...lane, ...look })));
};

export const meetingCases: Readonly<Record<string, Case>> = {
  "meeting.schedule": forMembers("recruiter", {
    prepare: async (stage) => {
      const candidateId = await newCandidate(stage.house);
      return { input: { ...inFull(stage), candidateId, requestKey: newId("mtg") } };
    },
  }),
  "meeting.edit": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { ...(await ownMeeting(stage)), ...inFull(stage) } }),
  }),
  "meeting.cancel": forMembers("recruiter", {
    prepare: async (stage) => ({ input: { ...(await ownMeeting(stage)), why: "They are ill." } }),
  }),
  "meeting.get": forMembers("hiring_manager", { prepare: seenByAll() }),
  "meeting.list": forMembers("hiring_manager", {
    but: { stranger: "ok" },
    foreign: { candidateId: "ok", memberId: "ok" },
    prepare: async (stage) => {
      const { whose } = await seenByAll()(stage);
      const candidateId = whose?.candidateId;
      return { ...(whose && { whose }), input: { candidateId, memberId: stage.members.admin.memberId, size: 5 } };
    },
    ways: (stage) => ({
      orders: (["asc", "desc"] as const).map((direction) => ({
        input: { direction },
        cursor: encodeCursor(`meetings ${direction}`, [Date.now(), newId("mtg")]),
      })),
      filters: everyFilter(stage),
    }),
  }),
  "meeting.events": forMembers("hiring_manager", {
    prepare: seenByAll({ size: 5 }),
    ways: () => ({ orders: [{ cursor: encodeCursor("meeting events", [1]) }] }),
  }),
};
