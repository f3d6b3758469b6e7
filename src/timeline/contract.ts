// Timeline: everything that happened to a candidate, in one list (applicant-tracking). Pure.
import * as z from "zod/mini";
import { documentKinds, documentVerbs, scans } from "../document/policy.ts";
import { feedbackVerbs } from "../feedback/policy.ts";
import { eventVerbs, statuses } from "../interview/machine.ts";
import { fileTypes } from "../kernel/files.ts";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { InstantIn } from "../kernel/shapes.ts";
import { bounceVerdicts, letterStatuses } from "../letter/policy.ts";
import { meetingVerbs } from "../meeting/policy.ts";
import { stageEnds } from "../pipeline/policy.ts";
import { placementVerbs } from "../placement/policy.ts";
import { candidateEventVerbs, candidateStatuses } from "../record/machine.ts";
import { refcheckEventVerbs, refcheckStatuses } from "../refcheck/machine.ts";
import { offerVerbs } from "../slot/policy.ts";
import { letterKinds } from "../stationery/contract.ts";
import { timelineActors, timelineKinds, timelineReaders } from "./policy.ts";

/** `name` is what they are called today; null of the system. */
const Actor = z.object({ kind: z.enum(timelineActors), id: z.nullable(z.string()), name: z.nullable(z.string()) });

/** A stage as it is called today, also one that was left out since, and what it ends in. */
const NamedStage = z.object({ id: idOf("stg"), name: z.string(), ends: z.nullable(z.enum(stageEnds)) });

const happened = { id: idOf("evt"), at: z.date(), actor: Actor };

/** One thing that happened: which, when, by whom, and what it was about, as its own list tells it. */
export const TimelineEntry = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("record"),
    ...happened,
    verb: z.enum(candidateEventVerbs),
    /** Null with `create`. */
    from: z.nullable(z.enum(candidateStatuses)),
    to: z.enum(candidateStatuses),
    why: z.nullable(z.string()),
    /** With `merge`: the record that became part of theirs. */
    otherId: z.nullable(idOf("cnd")),
  }),
  z.object({
    kind: z.literal("interview"),
    ...happened,
    interviewId: idOf("itv"),
    projectId: idOf("prj"),
    projectName: z.string(),
    verb: z.enum(eventVerbs),
    from: z.nullable(z.enum(statuses)),
    to: z.enum(statuses),
    why: z.nullable(z.string()),
    /** After it. */
    deadlineAt: z.nullable(z.date()),
  }),
  z.object({
    kind: z.literal("refcheck"),
    ...happened,
    refcheckId: idOf("rck"),
    roleId: idOf("rol"),
    roleTitle: z.string(),
    verb: z.enum(refcheckEventVerbs),
    to: z.enum(refcheckStatuses),
    /** The one it is about, if about one. */
    reference: z.nullable(z.object({ id: idOf("ref"), name: z.string() })),
    why: z.nullable(z.string()),
    deadlineAt: z.nullable(z.date()),
  }),
  z.object({
    kind: z.literal("placement"),
    ...happened,
    placementId: idOf("plc"),
    pipelineId: idOf("pip"),
    pipelineName: z.string(),
    verb: z.enum(placementVerbs),
    /** Null when they were put, `to` when they were taken out; the same where they moved within their stage. */
    from: z.nullable(NamedStage),
    to: z.nullable(NamedStage),
    /** How long they were in the stage they left, in ms; null where they left none. */
    stayedMs: z.nullable(z.number()),
  }),
  z.object({
    kind: z.literal("meeting"),
    ...happened,
    meetingId: idOf("mtg"),
    title: z.string(),
    verb: z.enum(meetingVerbs),
    /** When it was to be, after this. */
    startsAt: z.date(),
    endsAt: z.date(),
    why: z.nullable(z.string()),
  }),
  z.object({
    kind: z.literal("feedback"),
    ...happened,
    feedbackId: idOf("fbk"),
    meetingId: idOf("mtg"),
    title: z.string(),
    verb: z.enum(feedbackVerbs),
    /** Whose it is or was; never what it says. */
    interviewer: z.object({ id: idOf("mem"), name: z.string() }),
  }),
  z.object({
    kind: z.literal("offer"),
    ...happened,
    offerId: idOf("off"),
    title: z.string(),
    /** `close`: before they had picked. */
    verb: z.enum(offerVerbs),
    /** With `pick`: what came of it. */
    meetingId: z.nullable(idOf("mtg")),
  }),
  z.object({
    kind: z.literal("document"),
    ...happened,
    documentId: idOf("doc"),
    documentKind: z.enum(documentKinds),
    verb: z.enum(documentVerbs),
    /** As it stands now; null once it was removed. */
    file: z.nullable(z.object({ fileName: z.string(), type: z.enum(fileTypes), scan: z.enum(scans) })),
  }),
  z.object({
    kind: z.literal("letter"),
    id: idOf("ltr"),
    /** When it was promised. */
    at: z.date(),
    actor: Actor,
    letterKind: z.enum(letterKinds),
    /** As it stands now; never what it says, or the link in it. */
    status: z.enum(letterStatuses),
    to: z.object({ kind: z.enum(timelineReaders), email: z.string() }),
    interviewId: z.nullable(idOf("itv")),
    refcheckId: z.nullable(idOf("rck")),
    meetingId: z.nullable(idOf("mtg")),
    offerId: z.nullable(idOf("off")),
    deliveredAt: z.nullable(z.date()),
    bounce: z.nullable(z.enum(bounceVerdicts)),
  }),
  z.object({
    kind: z.literal("note"),
    id: idOf("nte"),
    at: z.date(),
    actor: Actor,
    text: z.string(),
    /** Null: as it was written. */
    editedAt: z.nullable(z.date()),
  }),
]);
export type TimelineEntry = z.infer<typeof TimelineEntry>;

/** The newest first, or from the beginning. */
export const ShowTimeline = z.extend(PageIn, {
  candidateId: idOf("cnd"),
  kinds: z.optional(z.array(z.enum(timelineKinds)).check(z.minLength(1), z.maxLength(timelineKinds.length))),
  /** At or after this instant. */
  from: z.optional(InstantIn),
  /** Before this instant. */
  to: z.optional(InstantIn),
  direction: z._default(z.enum(["asc", "desc"]), "desc"),
});
export type ShowTimeline = z.infer<typeof ShowTimeline>;

export const TimelinePage = pageOf(TimelineEntry);
export type TimelinePage = z.infer<typeof TimelinePage>;
