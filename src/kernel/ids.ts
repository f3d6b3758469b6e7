// Every id is its noun's prefix and a UUIDv7: the compiler, the logs and the database all know what it names.
import { uuidv7 } from "uuidv7";
import * as z from "zod/mini";
import { after, minuteMs } from "./clock.ts";

export type Id<Prefix extends string> = `${Prefix}_${string}`;

export type UserId = Id<"usr">;
export type SessionId = Id<"ses">;
export type LinkId = Id<"lnk">;
export type OrganizationId = Id<"org">;
export type TeamId = Id<"tem">;
export type MemberId = Id<"mem">;
export type InviteId = Id<"inv">;
export type CandidateId = Id<"cnd">;
export type ProjectId = Id<"prj">;
export type StepId = Id<"stp">;
export type CriterionId = Id<"crt">;
export type InterviewId = Id<"itv">;
export type EventId = Id<"evt">;
export type ExtensionId = Id<"ext">;
export type RecordingId = Id<"rec">;
export type DocumentId = Id<"doc">;
export type LetterId = Id<"ltr">;
export type RoleTemplateId = Id<"rtp">;
export type RoleId = Id<"rol">;
export type RefcheckId = Id<"rck">;
export type ReferenceId = Id<"ref">;
export type SignalId = Id<"sig">;
export type ReportShareId = Id<"shr">;
export type ExperienceId = Id<"exp">;
export type EducationId = Id<"edu">;
export type NoteId = Id<"nte">;
export type ContactId = Id<"con">;
export type ContactPersonId = Id<"per">;
export type PipelineId = Id<"pip">;
export type StageId = Id<"stg">;
export type PlacementId = Id<"plc">;
export type FieldId = Id<"fld">;
export type MeetingId = Id<"mtg">;
export type OfferId = Id<"off">;
export type SlotId = Id<"slt">;
export type FeedbackId = Id<"fbk">;
export type UploadId = Id<"upl">;
export type ImportId = Id<"imp">;

/** What has instants at which the system acts by itself. */
export type TimedId = InterviewId | RefcheckId;

/** 74 random bits behind a millisecond: ids made one after the other sort in that order. */
export function newId<Prefix extends string>(prefix: Prefix): Id<Prefix> {
  return `${prefix}_${uuidv7().replaceAll("-", "")}`;
}

const instantDigits = 12;

/** Ids made before this instant sort before this, those made at it or later behind: an id begins with its millisecond. */
export function idsFrom(prefix: string, at: Date): string {
  return `${prefix}_${at.getTime().toString(16).padStart(instantDigits, "0")}`;
}

/** An id may be a little later than what it names where the clock was set back: that far to either side is looked at, and `createdAt` decides. */
const clockSlackMs = minuteMs;

type Made = { readonly createdFrom?: Date | undefined; readonly createdTo?: Date | undefined };

/** Ids in a list, newest first: behind a place, and within what they say of when they were made. */
export function idSpan(
  prefix: string,
  { createdFrom, createdTo }: Made,
  before: string | null,
): { readonly from: string; readonly to: string | null } {
  const to = createdTo ? idsFrom(prefix, after(createdTo, clockSlackMs)) : null;
  return {
    from: createdFrom ? idsFrom(prefix, after(createdFrom, -clockSlackMs)) : "",
    to: before !== null && to !== null && before > to ? to : (before ?? to),
  };
}

/** 0 <= n < 1, for jitter: never for anything that must not be guessed. */
export const random = (): number => Math.random();

/** Names one request in answers and logs. */
export const newRequestId = (): string => crypto.randomUUID();

const shapeOf = <Prefix extends string>(prefix: Prefix) =>
  z.templateLiteral(
    [`${prefix}_`, z.string().check(z.regex(/^[0-9a-f]{32}$/))],
    `must be an id that begins with ${prefix}_`,
  );

/** One for each prefix: contracts name ids hundreds of times, and each shape would cost anew when a Worker starts. */
const shapes = new Map<string, unknown>();

/** The zod shape of an id with this prefix. Anything else is bad input, before a database is asked. */
export function idOf<Prefix extends string>(prefix: Prefix): ReturnType<typeof shapeOf<Prefix>> {
  const shape = shapes.get(prefix) ?? shapeOf(prefix);
  shapes.set(prefix, shape);
  // Kept under the very prefix that it was made for.
  return shape as never;
}
