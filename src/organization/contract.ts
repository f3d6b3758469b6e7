// Organization: a tenant; everything belongs to exactly one. Pure.
import * as z from "zod/mini";
import { idOf } from "../kernel/ids.ts";
import { accessLevels } from "../kernel/scope.ts";
import { Language, line, Origin, Slug, TimeZone } from "../kernel/shapes.ts";
import { Team } from "../team/contract.ts";

const daySeconds = 86_400;
/** How long an invited candidate has, unless a project or a deadline says otherwise: one hour to a year, in seconds. */
export const InterviewPeriod = z.number().check(z.int(), z.minimum(3_600), z.maximum(365 * daySeconds));

const frontendsMax = 10;

export const Organization = z.object({
  id: idOf("org"),
  name: z.string(),
  slug: z.string(),
  language: Language,
  timeZone: z.string(),
  defaultInterviewPeriodSeconds: z.number(),
  frontendOrigins: z.array(z.string()),
  senderName: z.string(),
  createdAt: z.date(),
});
export type Organization = z.infer<typeof Organization>;

export const CreateOrganization = z.object({
  name: line(120),
  slug: Slug,
  language: z._default(Language, "en"),
  timeZone: z._default(TimeZone, "UTC"),
  defaultInterviewPeriodSeconds: z._default(InterviewPeriod, 7 * daySeconds),
  /** The first is where letters lead; with none, letters lead to the built-in page. */
  frontendOrigins: z._default(z.array(Origin).check(z.maxLength(frontendsMax)), []),
  /** Whom letters come from; the organization's name unless said otherwise. */
  senderName: z.optional(line(120)),
});
export type CreateOrganization = z.infer<typeof CreateOrganization>;

/** The organization, its default team, and a bearer token that has entered it as owner. */
export const CreatedOrganization = z.object({
  organization: Organization,
  team: Team,
  memberId: idOf("mem"),
  access: z.enum(accessLevels),
  token: z.string(),
});
export type CreatedOrganization = z.infer<typeof CreatedOrganization>;

export const EditOrganization = z.object({
  name: z.optional(line(120)),
  slug: z.optional(Slug),
  language: z.optional(Language),
  timeZone: z.optional(TimeZone),
  defaultInterviewPeriodSeconds: z.optional(InterviewPeriod),
  frontendOrigins: z.optional(z.array(Origin).check(z.maxLength(frontendsMax))),
  senderName: z.optional(line(120)),
});
export type EditOrganization = z.infer<typeof EditOrganization>;
