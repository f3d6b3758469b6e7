// Sieve: which candidates a list means. All filters go together: who is shown passes each (applicant-tracking, list candidates). Pure.
import * as z from "zod";
import { SkillLevel } from "../background/contract.ts";
import { EmailStatus } from "../candidate/contract.ts";
import { FieldKey } from "../field/contract.ts";
import { idOf } from "../kernel/ids.ts";
import { CalendarDate, Email, InstantIn, Label, Language, line, Phone, Search, TimeZone } from "../kernel/shapes.ts";
import { candidateStatuses } from "../record/machine.ts";
import { externalIdMax, raters, ratingMax, ratingStep, sourceMax, systemMax } from "../record/policy.ts";

/** One, or several of which each must hold. */
const oneOrSeveral = <Shape extends z.ZodType>(shape: Shape, max: number) =>
  z.union([shape.transform((one) => [one]), z.array(shape).min(1).max(max)]);

export const Rating = z.number().min(0).max(ratingMax).multipleOf(ratingStep);

/** Which other system, in lower case, and what it calls the candidate. */
export const System = z
  .string()
  .max(systemMax)
  .transform((value) => value.trim().toLowerCase())
  .pipe(z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, "must be letters, digits, dots, hyphens and underscores"));
export const ExternalIdText = line(externalIdMax);

const fieldTextMax = 2_000;
/** With what the field must be, of `choices` one of them; or from where and to where, both within. */
const FieldSought = z.union([
  z.object({ key: FieldKey, equals: z.union([line(fieldTextMax), z.number(), z.boolean()]) }),
  z
    .object({
      key: FieldKey,
      from: z.union([CalendarDate, z.number()]).optional(),
      to: z.union([CalendarDate, z.number()]).optional(),
    })
    .refine(({ from, to }) => from !== undefined || to !== undefined, "must say `equals`, `from` or `to`"),
]);
export type FieldSought = z.infer<typeof FieldSought>;

const several = { tags: 10, skills: 10, fields: 5 };

export const candidateFilters = {
  /** Any part of their name, e-mail address or phone number, of a skill, of where they worked, or of a note about them. */
  search: Search.optional(),
  status: z.enum(candidateStatuses).optional(),
  tag: oneOrSeveral(Label, several.tags).optional(),
  source: line(sourceMax).optional(),
  createdFrom: InstantIn.optional(),
  createdTo: InstantIn.optional(),
  /** Days, both within. */
  appliedFrom: CalendarDate.optional(),
  appliedTo: CalendarDate.optional(),
  rejectedFrom: CalendarDate.optional(),
  rejectedTo: CalendarDate.optional(),
  hiredFrom: CalendarDate.optional(),
  hiredTo: CalendarDate.optional(),
  ratingFrom: Rating.optional(),
  ratingTo: Rating.optional(),
  ratedBy: z.enum([...raters, "nobody"]).optional(),
  /** The whole address, a merged record's too; the whole number. */
  email: Email.optional(),
  emailStatus: EmailStatus.optional(),
  phone: Phone.optional(),
  language: Language.optional(),
  timeZone: TimeZone.optional(),
  hasPassword: z.boolean().optional(),
  /** By its whole name in any case, at this level or above. */
  skill: oneOrSeveral(z.object({ name: line(100), level: SkillLevel.optional() }), several.skills).optional(),
  /** By its whole name in any case. */
  employer: line(200).optional(),
  /** Where they stand now. Who sees no pipelines finds nobody by them. */
  pipelineId: idOf("pip").optional(),
  stageId: idOf("stg").optional(),
  /** With an interview of the project, a refcheck for the role, that whoever asks may see. */
  projectId: idOf("prj").optional(),
  roleId: idOf("rol").optional(),
  externalId: z.object({ system: System.optional(), id: ExternalIdText }).optional(),
  customField: oneOrSeveral(FieldSought, several.fields).optional(),
};

const Filters = z.object(candidateFilters);
export type Filters = z.infer<typeof Filters>;
