import { evaluationStatuses, myEvaluationStatuses } from "../../../src/evaluation/machine.ts";
import { sortOrders } from "../../../src/interview/contract.ts";
import { newId } from "../../../src/kernel/ids.ts";
import { encodeCursor } from "../../../src/kernel/page.ts";
import { letterStatuses } from "../../../src/letter/policy.ts";
import {
  endExtensions,
  filmedInterview,
  memberToken,
  newExtension,
  newestSession,
  newFailedLetter,
  newInterview,
  newRecording,
  password,
  resetCandidatePasswords,
  type Stage,
  type Standing,
} from "../../support/stage.ts";
import { anteroom, newEmail, unique } from "../../support/world.ts";
import { type Case, forCandidates, forMembers, inOneOrder, type Ways } from "./case.ts";

const soon = () => new Date(Date.now() + 86_400_000).toISOString();

const about =
  (standing: Standing, more: () => object = () => ({})) =>
  async ({ house, project }: Stage) => {
    const whose = await newInterview(house, project.id, standing);
    return { whose, input: { interviewId: whose.interviewId, ...more() } };
  };

const someone = ({ project }: Stage) => ({
  projectId: project.id,
  candidate: { email: newEmail("candidate"), firstName: "Cleo", lastName: "Candidate", timeZone: "America/New_York" },
  labels: [`label ${unique()}`],
});

/** A hiring manager sees only the projects in which they hold a role, and manages only as interview manager. */
const seeing = { hiringManager: "not_found" } as const;
const managing = { hiringManager: "not_found", evaluator: "not_allowed" } as const;

const moreTime = async ({ project }: Stage) => {
  await endExtensions(project.id);
  return { input: { projectId: project.id, by: { to: "later", bySeconds: 3_600 } } };
};

const anExtension = async ({ house, project }: Stage) => ({
  input: { extensionId: await newExtension(house, project.id) },
});

const many =
  (standing: Standing) =>
  async ({ house, project }: Stage) => {
    const { interviewId } = await newInterview(house, project.id, standing);
    return { input: { interviewIds: [interviewId] } };
  };

/** Whoever may not is told so of each row; test/bulk shows it. */
const eachRefused = { hiringManager: "ok", evaluator: "ok", stranger: "ok" } as const;

const aRecording =
  (status: "open" | "whole") =>
  async ({ house, project }: Stage) => {
    const whose = await newInterview(house, project.id, "opened");
    return { whose, input: { recordingId: await newRecording(whose, status) } };
  };

/** Only evaluators judge, whatever anybody's access. */
const judging = {
  owner: "not_evaluator",
  admin: "not_evaluator",
  recruiter: "not_evaluator",
  interviewManager: "not_evaluator",
  hiringManager: "not_found",
} as const;

const fresh = "invited";

/** What is a candidate's own, every candidate has. */
const eachTheirOwn = {
  candidateByOtherLink: "ok",
  candidateByRefcheck: "ok",
  candidateByOffer: "ok",
  otherCandidate: "ok",
  foreignCandidate: "ok",
} as const;

const waysOfInterviews = ({ project }: Stage): Ways => ({
  orders: sortOrders.flatMap((sort) =>
    (["asc", "desc"] as const).map((direction) => ({
      input: { sort, direction },
      cursor: encodeCursor(`${sort} ${direction}`, [sort === "name" ? "cleo" : Date.now(), newId("itv")]),
    })),
  ),
  filters: [
    { status: ["new"] },
    { status: ["invited", "expired", "aborted"] },
    ...evaluationStatuses.map((evaluationStatus) => ({ evaluationStatus })),
    ...myEvaluationStatuses.map((myEvaluationStatus) => ({ myEvaluationStatus })),
    ...[{ projectId: project.id }, { label: "north" }, { search: "cleo" }],
    ...[{ deadlineFrom: soon() }, { deadlineTo: soon() }, { deadlineFrom: soon(), deadlineTo: soon() }],
    { projectId: project.id, status: ["invited"], label: "north", search: "cleo", deadlineTo: soon() },
  ],
});

export const interviewCases: Readonly<Record<string, Case>> = {
  "interview.create": forMembers("hiring_manager", { but: managing, prepare: (stage) => ({ input: someone(stage) }) }),
  "interview.createAndInvite": forMembers("hiring_manager", {
    but: managing,
    prepare: (stage) => ({ input: { ...someone(stage), deadlineAt: soon(), requestKey: `request-${unique()}` } }),
  }),
  "interview.createAndInviteMany": forMembers("hiring_manager", {
    but: managing,
    prepare: (stage) => {
      const { projectId, candidate, labels } = someone(stage);
      return {
        input: { projectId, labels, deadlineAt: soon(), rows: [{ candidate, requestKey: `request-${unique()}` }] },
      };
    },
  }),
  "interview.setDeadline": forMembers("hiring_manager", {
    but: managing,
    prepare: about(fresh, () => ({ deadlineAt: soon() })),
  }),
  "interview.advance": forMembers("hiring_manager", { but: managing, prepare: about("new") }),
  "interview.scheduleInvitation": forMembers("hiring_manager", {
    but: managing,
    prepare: about("new", () => ({ inviteAt: soon() })),
  }),
  "interview.restore": forMembers("hiring_manager", {
    but: managing,
    prepare: about("expired", () => ({ deadlineAt: soon(), why: "They were ill." })),
  }),
  "interview.reset": forMembers("hiring_manager", {
    but: managing,
    prepare: about("aborted", () => ({ deadlineAt: soon(), why: "Their line was lost." })),
  }),
  "interview.skip": forMembers("hiring_manager", {
    but: managing,
    prepare: about(fresh, () => ({ why: "They took another job." })),
  }),
  "interview.remove": forMembers("hiring_manager", {
    but: managing,
    // Nobody comes by its link: then it would have been opened.
    prepare: async (stage) => ({ input: (await about("new")(stage)).input }),
  }),
  "interview.removeMany": forMembers("hiring_manager", {
    but: eachRefused,
    foreign: { "interviewIds.0": "ok" },
    prepare: many("new"),
  }),
  "interview.accommodate": forMembers("hiring_manager", {
    but: managing,
    prepare: about(fresh, () => ({
      timeMultiplier: 1.5,
      extraTakes: 1,
      extraGraceSeconds: 600,
      why: "They asked for it.",
    })),
  }),
  "interview.setLabels": forMembers("hiring_manager", {
    but: managing,
    prepare: about(fresh, () => ({ labels: ["spring", "night shift"] })),
  }),
  "interview.get": forMembers("hiring_manager", { but: seeing, prepare: about(fresh) }),
  "interview.list": forMembers("hiring_manager", {
    but: { stranger: "ok" },
    prepare: () => ({ input: { size: 5, status: [fresh], sort: "name" } }),
    foreign: { projectId: "ok" },
    ways: waysOfInterviews,
  }),
  "interview.changesSince": forMembers("hiring_manager", {
    but: { stranger: "ok" },
    prepare: () => ({ input: { size: 5 } }),
    foreign: { projectId: "ok" },
    ways: ({ house, project }) => inOneOrder("changes", [house.organization.id, 1], { projectId: project.id })(),
  }),
  "interview.events": forMembers("hiring_manager", {
    but: seeing,
    prepare: about(fresh, () => ({ size: 5 })),
    ways: inOneOrder("events", [1]),
  }),

  "interview.plan": forMembers("hiring_manager", { but: seeing, prepare: about(fresh) }),
  "interview.previewDeadline": forMembers("hiring_manager", {
    but: managing,
    prepare: about(fresh, () => ({ deadlineAt: soon() })),
  }),

  "candidate.me": forCandidates({ but: eachTheirOwn, prepare: ({ invited }) => ({ whose: invited }) }),
  "candidate.editProfile": forCandidates({
    but: eachTheirOwn,
    prepare: ({ invited }) => ({ whose: invited, input: { language: "nl", timeZone: "Asia/Tokyo" } }),
  }),
  "candidate.changePassword": forCandidates({
    but: eachTheirOwn,
    prepare: async ({ invited }) => {
      await resetCandidatePasswords();
      return { whose: invited, input: { current: password, next: "nine green frogs on a log" } };
    },
  }),
  "interview.own": forCandidates({ prepare: about(fresh) }),
  "interview.listOwn": forCandidates({
    but: eachTheirOwn,
    prepare: ({ invited }) => ({ whose: invited, input: { size: 5 } }),
    ways: inOneOrder("own", [newId("itv")]),
  }),
  "interview.confirm": forCandidates({ prepare: about(fresh, () => ({ password: "eight brown bears in a wood" })) }),
  "interview.start": forCandidates({ prepare: about("confirmed") }),
  "interview.keepAlive": forCandidates({ prepare: about("interviewing") }),
  "interview.finish": forCandidates({ prepare: about("answered") }),
  "interview.abort": forCandidates({ prepare: about("interviewing") }),

  "invitation.show": forMembers("hiring_manager", { but: managing, prepare: about(fresh) }),
  "invitation.resend": forMembers("hiring_manager", { but: managing, prepare: about(fresh) }),
  "invitation.resendMany": forMembers("hiring_manager", {
    but: eachRefused,
    foreign: { "interviewIds.0": "ok" },
    prepare: many(fresh),
  }),
  "invitation.correctAddress": forMembers("hiring_manager", {
    but: managing,
    prepare: about(fresh, () => ({ email: newEmail("corrected") })),
  }),
  "invitation.revokeSession": forMembers("hiring_manager", {
    but: managing,
    prepare: async ({ house, project }) => {
      const whose = await newInterview(house, project.id, "confirmed");
      return { whose, input: { interviewId: whose.interviewId, sessionId: await newestSession(whose) } };
    },
  }),

  "answer.room": forCandidates({ prepare: about("interviewing") }),
  "answer.openStep": forCandidates({ prepare: about("interviewing") }),
  "answer.save": forCandidates({
    prepare: async ({ house }) => {
      const { whose, stepId } = await filmedInterview(house);
      const answer = { kind: "media", recordingId: await newRecording(whose, "whole", { stepId }), durationSeconds: 9 };
      return { whose, input: { interviewId: whose.interviewId, stepId, answer } };
    },
    foreign: { stepId: "step_not_open" },
  }),
  "answer.given": forMembers("hiring_manager", { but: seeing, prepare: about("answered") }),

  "evaluation.get": forMembers("hiring_manager", { but: seeing, prepare: about("interviewed") }),
  "evaluation.listEvaluators": forMembers("hiring_manager", {
    but: seeing,
    prepare: about("interviewed", () => ({ size: 5 })),
    ways: inOneOrder("evaluators", [newId("mem")]),
  }),
  "evaluation.rate": forMembers("hiring_manager", {
    but: judging,
    caller: "evaluator",
    prepare: async (stage) => {
      const whose = await newInterview(stage.house, stage.project.id, "interviewed");
      const named = { stepId: stage.project.steps[0]?.id, criterionId: stage.criterionId };
      const notes = [{ stepId: named.stepId, text: "They made everybody welcome." }];
      return { whose, input: { interviewId: whose.interviewId, ratings: [{ ...named, score: 3 }], notes } };
    },
  }),
  "evaluation.veto": forMembers("hiring_manager", {
    but: judging,
    caller: "evaluator",
    prepare: about("interviewed", () => ({ reason: "They were rude to every guest." })),
  }),
  "evaluation.withdrawVeto": forMembers("hiring_manager", {
    but: judging,
    caller: "evaluator",
    prepare: async (stage) => {
      const whose = await newInterview(stage.house, stage.project.id, "interviewed");
      const evaluator = anteroom(await memberToken(stage.members.evaluator));
      const veto = { interviewId: whose.interviewId, reason: "They were rude to every guest." };
      await evaluator.evaluation.veto.mutate(veto);
      return { whose, input: { interviewId: whose.interviewId } };
    },
  }),

  "extension.preview": forMembers("hiring_manager", { but: managing, prepare: moreTime }),
  "extension.start": forMembers("hiring_manager", { but: managing, prepare: moreTime }),
  "extension.get": forMembers("hiring_manager", { but: seeing, prepare: anExtension }),
  "extension.list": forMembers("hiring_manager", {
    but: { hiringManager: "ok", stranger: "ok" },
    prepare: ({ project }) => ({ input: { projectId: project.id, size: 5 } }),
    foreign: { projectId: "ok" },
    ways: inOneOrder("extensions", [newId("ext")]),
  }),
  "extension.cancel": forMembers("hiring_manager", { but: managing, prepare: anExtension }),

  "recording.begin": forCandidates({
    prepare: async ({ house }) => {
      const { whose, stepId } = await filmedInterview(house);
      return { whose, input: { interviewId: whose.interviewId, stepId, contentType: "video/webm" } };
    },
    foreign: { stepId: "step_not_open" },
  }),
  "recording.show": forCandidates({ prepare: aRecording("open") }),
  "recording.finish": forCandidates({
    prepare: async (stage) => {
      const { whose, input } = await aRecording("open")(stage);
      return { whose, input: { ...input, bytes: 4 } };
    },
  }),
  "recording.play": forMembers("hiring_manager", {
    but: { hiringManager: "not_found", interviewManager: "not_found" },
    prepare: aRecording("whole"),
  }),

  // Those of one interview; test/letter shows who is given all.
  "letter.list": forMembers("hiring_manager", {
    but: managing,
    prepare: about(fresh, () => ({ size: 5 })),
    ways: ({ invited: { interviewId } }) =>
      inOneOrder("letters", [newId("ltr")], ...letterStatuses.map((status) => ({ status })), { interviewId })(),
  }),
  "letter.sendAgain": forMembers("recruiter", {
    prepare: async ({ house, project }) => ({ input: { letterId: await newFailedLetter(house, project.id) } }),
  }),
};
