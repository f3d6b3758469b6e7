// Meeting: a live conversation with a candidate at a set time (applicant-tracking, candidate interviews). Pure.
import * as z from "zod/mini";
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
  location: z.nullable(z.string()),
  url: z.nullable(z.string()),
  /** Whole hours before it begins at which everybody is reminded. */
  reminderHours: z.readonly(z.array(z.number())),
  /** What is true now. */
  status: z.enum(meetingStatuses),
  /** From 0 to 5 in halves: what its feedback comes to. Null: nobody has rated, or whoever asks takes part and has not given theirs. */
  rating: z.nullable(z.number()),
  /** As in its calendar entries (RFC 5545): rises by one with every change that those who take part hear of. */
  sequence: z.number(),
  /** Rises by one with every event. */
  version: z.number(),
  createdAt: z.date(),
  canceledAt: z.nullable(z.date()),
  availableActions: z.array(z.enum(meetingActions)),
});
export type Meeting = z.infer<typeof Meeting>;

const Interviewers = z.array(z.object({ memberId: idOf("mem") })).check(
  z.minLength(1),
  z.maxLength(interviewersMax),
  z.refine((all) => new Set(all.map(({ memberId }) => memberId)).size === all.length, "must each be named once"),
);

const ReminderHours = z.pipe(
  z.array(z.number().check(z.int(), z.minimum(1), z.maximum(reminderHours.max))).check(z.maxLength(reminderHours.most)),
  z.transform((hours) => [...new Set(hours)].sort((one, other) => other - one)),
);

/** Where it is held: https, and nobody's password in it. Stored as browsers write it. */
const MeetingUrl = z.pipe(
  z.pipe(
    z
      .pipe(
        z.url({ protocol: /^https$/, error: "must be an https address" }).check(z.maxLength(urlMax)),
        z.transform((value) => new URL(value)),
      )
      .check(z.refine(({ username, password }) => username === "" && password === "", "must hold no password")),
    z.transform(({ href }) => href),
  ),
  z.string().check(z.maxLength(urlMax)),
);

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
  isOverlapConfirmed: z._default(z.boolean(), false),
};

export const ScheduleMeeting = z.object({
  ...fields,
  candidateId: idOf("cnd"),
  /** The organization's, unless given. */
  timeZone: z.optional(TimeZone),
  description: z._default(prose(descriptionMax), ""),
  location: z.optional(line(locationMax)),
  url: z.optional(MeetingUrl),
  reminderHours: z._default(ReminderHours, [...reminderHours.default]),
  ...confirmed,
  requestKey: z.optional(CallersKey),
});
export type ScheduleMeeting = z.infer<typeof ScheduleMeeting>;

export const MeetingIn = z.object({ meetingId: idOf("mtg") });
export type MeetingIn = z.infer<typeof MeetingIn>;

/** `version`: the one whoever changes it has seen; a newer one refuses them. */
const AsSeen = z.extend(MeetingIn, { version: z.number().check(z.int(), z.minimum(1)) });

/** Changes what is given and leaves the rest. Other times move it; `interviewers` are all of them from then on. */
export const EditMeeting = z.extend(AsSeen, {
  ...z.partial(z.object(fields)).shape,
  description: z.optional(prose(descriptionMax)),
  location: z.optional(z.nullable(line(locationMax))),
  url: z.optional(z.nullable(MeetingUrl)),
  ...confirmed,
});
export type EditMeeting = z.infer<typeof EditMeeting>;

/** `why` is for staff alone. */
export const CancelMeeting = z.extend(AsSeen, { why: z.optional(prose(whyMax)) });
export type CancelMeeting = z.infer<typeof CancelMeeting>;

/** By when they begin, the next first or the latest first. */
export const ListMeetings = z.extend(PageIn, {
  candidateId: z.optional(idOf("cnd")),
  /** Those in which this member takes part. */
  memberId: z.optional(idOf("mem")),
  /** Begins then or later. */
  startsFrom: z.optional(InstantIn),
  /** Begins before then. */
  startsTo: z.optional(InstantIn),
  includeCanceled: z._default(z.boolean(), false),
  direction: z._default(z.enum(["asc", "desc"]), "asc"),
});
export type ListMeetings = z.infer<typeof ListMeetings>;

export const MeetingPage = pageOf(Meeting);
export type MeetingPage = z.infer<typeof MeetingPage>;

export const ListMeetingEvents = z.extend(PageIn, MeetingIn.shape);
export type ListMeetingEvents = z.infer<typeof ListMeetingEvents>;

/** One thing that happened; its times as they were after it. `leave`: the actor, who was to take part, has left the organization. */
export const MeetingEvent = z.object({
  id: idOf("evt"),
  version: z.number(),
  verb: z.enum(meetingVerbs),
  actorKind: z.enum(meetingActors),
  actorId: z.nullable(z.string()),
  startsAt: z.date(),
  endsAt: z.date(),
  why: z.nullable(z.string()),
  at: z.date(),
});
export const MeetingEventPage = pageOf(MeetingEvent);
