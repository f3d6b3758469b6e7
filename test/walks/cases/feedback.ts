import { newId } from "../../../src/kernel/ids.ts";
import { begin, newTimes } from "../../support/meeting.ts";
import { newRefcheck } from "../../support/refcheck.ts";
import { type ActorName, type Membership, memberToken, type Stage } from "../../support/stage.ts";
import { anteroom } from "../../support/world.ts";
import { type Case, forMembers, inOneOrder } from "./case.ts";

const said = {
  ...{ description: "Strong technical skills, good cultural fit", rating: 4.5, verdict: "hire" as const },
  criteria: [{ name: "Depth", rating: 4 }],
};

/** A meeting that has begun, in which everybody takes part, with somebody who has a refcheck for the first team. */
async function begun({ house, members }: Stage) {
  const whose = await newRefcheck(house, "invited");
  const { owner, admin, recruiter, hiring_manager, interviewManager, evaluator } = members;
  const interviewers = [owner, admin, recruiter, hiring_manager, interviewManager, evaluator];
  const { id: meetingId } = await house.owner.client.meeting.schedule.mutate({
    ...{ title: "A talk", ...newTimes(), candidateId: whose.candidateId, isOverlapConfirmed: true },
    interviewers: interviewers.map(({ memberId }) => ({ memberId })),
  });
  await begin(meetingId);
  return { whose, meetingId };
}

function memberFor({ members }: Stage, actor: ActorName): Membership {
  if (actor === "hiringManager") return members.hiring_manager;
  const isOne = actor === "admin" || actor === "recruiter" || actor === "interviewManager" || actor === "evaluator";
  return isOne ? members[actor] : members.owner;
}

async function given(stage: Stage, actor: ActorName) {
  const { whose, meetingId } = await begun(stage);
  const client = anteroom(await memberToken(memberFor(stage, actor)));
  const { id: feedbackId } = await client.feedback.give.mutate({ meetingId, ...said });
  return { whose, meetingId, feedbackId };
}

export const feedbackCases: Readonly<Record<string, Case>> = {
  "feedback.give": forMembers("hiring_manager", {
    prepare: async (stage) => {
      const { whose, meetingId } = await begun(stage);
      return { whose, input: { meetingId, ...said } };
    },
  }),
  "feedback.edit": forMembers("hiring_manager", {
    prepare: async (stage, actor) => {
      const { whose, feedbackId } = await given(stage, actor);
      return { whose, input: { feedbackId, version: 1, ...said, rating: 3.5 } };
    },
  }),
  "feedback.remove": forMembers("hiring_manager", {
    prepare: async (stage, actor) => {
      const { whose, feedbackId } = await given(stage, actor);
      return { whose, input: { feedbackId } };
    },
  }),
  "feedback.list": forMembers("hiring_manager", {
    prepare: async (stage, actor) => {
      const { whose, meetingId } = await given(stage, actor);
      return { whose, input: { meetingId, size: 5 } };
    },
    ways: inOneOrder("feedback", [newId("fbk")]),
  }),
  "feedback.listOfCandidate": forMembers("hiring_manager", {
    prepare: async (stage, actor) => {
      const { whose } = await given(stage, actor);
      return { whose, input: { candidateId: whose.candidateId, size: 5 } };
    },
    ways: inOneOrder("feedback", [newId("fbk")]),
  }),
  "feedback.events": forMembers("hiring_manager", {
    prepare: async (stage, actor) => {
      const { whose, meetingId } = await given(stage, actor);
      return { whose, input: { meetingId, size: 5 } };
    },
    ways: inOneOrder("feedback events", [newId("evt")]),
  }),
};
