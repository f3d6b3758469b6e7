// Organization: a tenant; everything belongs to exactly one. Pure.
import * as z from "zod";
import { idOf } from "../kernel/ids.ts";
import { accessLevels } from "../kernel/scope.ts";
import { Language, line, Origin, Slug, TimeZone } from "../kernel/shapes.ts";
import { Team } from "../team/contract.ts";

const daySeconds = 86_400;
/** How long an invited candidate has, unless a project or a deadline says otherwise: one hour to a year, in seconds. */
export const InterviewPeriod = z
  .number()
  .int()
  .min(3_600)
  .max(365 * daySeconds);

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
  language: Language.default("en"),
  timeZone: TimeZone.default("UTC"),
  defaultInterviewPeriodSeconds: InterviewPeriod.default(7 * daySeconds),
  /** The first is where letters lead; with none, letters lead to the built-in page. */
  frontendOrigins: z.array(Origin).max(frontendsMax).default([]),
  /** Whom letters come from; the organization's name unless said otherwise. */
  senderName: line(120).optional(),
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
  name: line(120).optional(),
  slug: Slug.optional(),
  language: Language.optional(),
  timeZone: TimeZone.optional(),
  defaultInterviewPeriodSeconds: InterviewPeriod.optional(),
  frontendOrigins: z.array(Origin).max(frontendsMax).optional(),
  senderName: line(120).optional(),
});
export type EditOrganization = z.infer<typeof EditOrganization>;
