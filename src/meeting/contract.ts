// Meeting: a live conversation with a candidate at a set time (applicant-tracking, candidate interviews). Pure.
import * as z from "zod";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { CallersKey, InstantIn, line, prose, TimeZone } from "../kernel/shapes.ts";
import { meetingActions, meetingStatuses } from "./machine.ts";
import { interviewersMax, meetingActors, meetingVerbs, reminderHours } from "./policy.ts";

const titleMax = 200;
const locationMax = 300;
const descriptionMax = 5_000;
const urlMax = 2_000;
const whyMax = 600;

const Interviewer = z.object({
  memberId: idOf("mem"),
  firstName: z.string(),
  lastName: z.string(),
  hasGivenFeedback: z.boolean(),
  /** They have left the organization, and get no letters: whoever scheduled the meeting has been told. */
  hasLeft: z.boolean(),
});

export const Meeting = z.object({
  id: idOf("mtg"),
  organizationId: idOf("org"),
  candidate: z.object({ id: idOf("cnd"), firstName: z.string(), lastName: z.string() }),
  /** Also those who have left the organization since, until others are named. */
  interviewers: z.array(Interviewer),
  title: z.string(),
  /** What those who take part should know beforehand. */
  description: z.string(),
  startsAt: z.date(),
  endsAt: z.date(),
  /** Where its times are meant: an IANA name. */
  timeZone: z.string(),
  location: z.string().nullable(),
  url: z.string().nullable(),
  /** Whole hours before it begins at which everybody is reminded. */
  reminderHours: z.array(z.number()).readonly(),
  /** What is true now. */
  status: z.enum(meetingStatuses),
  /** From 0 to 5 in halves: what its feedback comes to. Null: nobody has rated, or whoever asks takes part and has not given theirs. */
  rating: z.number().nullable(),
  /** As in its calendar entries (RFC 5545): rises by one with every change that those who take part hear of. */
  sequence: z.number(),
  /** Rises by one with every event. */
  version: z.number(),
  createdAt: z.date(),
  canceledAt: z.date().nullable(),
  availableActions: z.array(z.enum(meetingActions)),
});
export type Meeting = z.infer<typeof Meeting>;

const Interviewers = z
  .array(z.object({ memberId: idOf("mem") }))
  .min(1)
  .max(interviewersMax)
  .refine((all) => new Set(all.map(({ memberId }) => memberId)).size === all.length, "must each be named once");

const ReminderHours = z
  .array(z.number().int().min(1).max(reminderHours.max))
  .max(reminderHours.most)
  .transform((hours) => [...new Set(hours)].sort((one, other) => other - one));

/** Where it is held: https, and nobody's password in it. Stored as browsers write it. */
const MeetingUrl = z
  .url({ protocol: /^https$/, error: "must be an https address" })
  .max(urlMax)
  .transform((value) => new URL(value))
  .refine(({ username, password }) => username === "" && password === "", "must hold no password")
  .transform(({ href }) => href)
  .pipe(z.string().max(urlMax));

const fields = {
  title: line(titleMax),
  startsAt: InstantIn,
  endsAt: InstantIn,
  timeZone: TimeZone,
  interviewers: Interviewers,
  reminderHours: ReminderHours,
};

const confirmed = {
  /** Whoever takes part may have another meeting at that time: whoever asks has been told, and means it. */
  isOverlapConfirmed: z.boolean().default(false),
};

export const ScheduleMeeting = z.object({
  ...fields,
  candidateId: idOf("cnd"),
  /** The organization's, unless given. */
  timeZone: TimeZone.optional(),
  description: prose(descriptionMax).default(""),
  location: line(locationMax).optional(),
  url: MeetingUrl.optional(),
  reminderHours: ReminderHours.default([...reminderHours.default]),
  ...confirmed,
  requestKey: CallersKey.optional(),
});
export type ScheduleMeeting = z.infer<typeof ScheduleMeeting>;

export const MeetingIn = z.object({ meetingId: idOf("mtg") });
export type MeetingIn = z.infer<typeof MeetingIn>;

/** `version`: the one whoever changes it has seen; a newer one refuses them. */
const AsSeen = MeetingIn.extend({ version: z.number().int().min(1) });

/** Changes what is given and leaves the rest. Other times move it; `interviewers` are all of them from then on. */
export const EditMeeting = AsSeen.extend({
  ...z.object(fields).partial().shape,
  description: prose(descriptionMax).optional(),
  location: line(locationMax).nullable().optional(),
  url: MeetingUrl.nullable().optional(),
  ...confirmed,
});
export type EditMeeting = z.infer<typeof EditMeeting>;

/** `why` is for staff alone. */
export const CancelMeeting = AsSeen.extend({ why: prose(whyMax).optional() });
export type CancelMeeting = z.infer<typeof CancelMeeting>;

/** By when they begin, the next first or the latest first. */
export const ListMeetings = PageIn.extend({
  candidateId: idOf("cnd").optional(),
  /** Those in which this member takes part. */
  memberId: idOf("mem").optional(),
  /** Begins then or later. */
  startsFrom: InstantIn.optional(),
  /** Begins before then. */
  startsTo: InstantIn.optional(),
  includeCanceled: z.boolean().default(false),
  direction: z.enum(["asc", "desc"]).default("asc"),
});
export type ListMeetings = z.infer<typeof ListMeetings>;

export const MeetingPage = pageOf(Meeting);
export type MeetingPage = z.infer<typeof MeetingPage>;

export const ListMeetingEvents = PageIn.extend(MeetingIn.shape);
export type ListMeetingEvents = z.infer<typeof ListMeetingEvents>;

/** One thing that happened; its times as they were after it. `leave`: the actor, who was to take part, has left the organization. */
export const MeetingEvent = z.object({
  id: idOf("evt"),
  version: z.number(),
  verb: z.enum(meetingVerbs),
  actorKind: z.enum(meetingActors),
  actorId: z.string().nullable(),
  startsAt: z.date(),
  endsAt: z.date(),
  why: z.string().nullable(),
  at: z.date(),
});
export const MeetingEventPage = pageOf(MeetingEvent);
