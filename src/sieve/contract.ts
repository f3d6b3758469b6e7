// Sieve: which candidates a list means. All filters go together: who is shown passes each (applicant-tracking, list candidates). Pure.
import * as z from "zod/mini";
import { SkillLevel } from "../background/contract.ts";
import { EmailStatus } from "../candidate/contract.ts";
import { FieldKey } from "../field/contract.ts";
import { idOf } from "../kernel/ids.ts";
import { CalendarDate, Email, InstantIn, Label, Language, line, Phone, Search, TimeZone } from "../kernel/shapes.ts";
import { candidateStatuses } from "../record/machine.ts";
import { externalIdMax, raters, ratingMax, ratingStep, sourceMax, systemMax } from "../record/policy.ts";

/** One, or several of which each must hold. */
const oneOrSeveral = <Shape extends z.ZodMiniType>(shape: Shape, max: number) =>
  z.union([
    z.pipe(
      shape,
      z.transform((one) => [one]),
    ),
    z.array(shape).check(z.minLength(1), z.maxLength(max)),
  ]);

export const Rating = z.number().check(z.minimum(0), z.maximum(ratingMax), z.multipleOf(ratingStep));

/** Which other system, in lower case, and what it calls the candidate. */
export const System = z.pipe(
  z.pipe(
    z.string().check(z.maxLength(systemMax)),
    z.transform((value) => value.trim().toLowerCase()),
  ),
  z.string().check(z.regex(/^[a-z0-9][a-z0-9._-]*$/, "must be letters, digits, dots, hyphens and underscores")),
);
export const ExternalIdText = line(externalIdMax);

const fieldTextMax = 2_000;
/** With what the field must be, of `choices` one of them; or from where and to where, both within. */
const FieldSought = z.union([
  z.object({ key: FieldKey, equals: z.union([line(fieldTextMax), z.number(), z.boolean()]) }),
  z
    .object({
      key: FieldKey,
      from: z.optional(z.union([CalendarDate, z.number()])),
      to: z.optional(z.union([CalendarDate, z.number()])),
    })
    .check(z.refine(({ from, to }) => from !== undefined || to !== undefined, "must say `equals`, `from` or `to`")),
]);
export type FieldSought = z.infer<typeof FieldSought>;

const several = { tags: 10, skills: 10, fields: 5 };

export const candidateFilters = {
  /** Any part of their name, e-mail address or phone number, of a skill, of where they worked, or of a note about them. */
  search: z.optional(Search),
  status: z.optional(z.enum(candidateStatuses)),
  tag: z.optional(oneOrSeveral(Label, several.tags)),
  source: z.optional(line(sourceMax)),
  createdFrom: z.optional(InstantIn),
  createdTo: z.optional(InstantIn),
  /** Days, both within. */
  appliedFrom: z.optional(CalendarDate),
  appliedTo: z.optional(CalendarDate),
  rejectedFrom: z.optional(CalendarDate),
  rejectedTo: z.optional(CalendarDate),
  hiredFrom: z.optional(CalendarDate),
  hiredTo: z.optional(CalendarDate),
  ratingFrom: z.optional(Rating),
  ratingTo: z.optional(Rating),
  ratedBy: z.optional(z.enum([...raters, "nobody"])),
  /** The whole address, a merged record's too; the whole number. */
  email: z.optional(Email),
  emailStatus: z.optional(EmailStatus),
  phone: z.optional(Phone),
  language: z.optional(Language),
  timeZone: z.optional(TimeZone),
  hasPassword: z.optional(z.boolean()),
  /** By its whole name in any case, at this level or above. */
  skill: z.optional(oneOrSeveral(z.object({ name: line(100), level: z.optional(SkillLevel) }), several.skills)),
  /** By its whole name in any case. */
  employer: z.optional(line(200)),
  /** Where they stand now. Who sees no pipelines finds nobody by them. */
  pipelineId: z.optional(idOf("pip")),
  stageId: z.optional(idOf("stg")),
  /** With an interview of the project, a refcheck for the role, that whoever asks may see. */
  projectId: z.optional(idOf("prj")),
  roleId: z.optional(idOf("rol")),
  externalId: z.optional(z.object({ system: z.optional(System), id: ExternalIdText })),
  customField: z.optional(oneOrSeveral(FieldSought, several.fields)),
};

const Filters = z.object(candidateFilters);
export type Filters = z.infer<typeof Filters>;
