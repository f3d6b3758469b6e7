// Background: what is known of a candidate's past, their skills, experience and education (applicant-tracking). Pure.
import * as z from "zod";
import { CandidateIn } from "../candidate/contract.ts";
import { idOf } from "../kernel/ids.ts";
import { Months } from "../kernel/months.ts";
import { CalendarDate, line, prose } from "../kernel/shapes.ts";
import { entriesMax, skillLevels } from "./policy.ts";

export const SkillLevel = z.enum(skillLevels);

export const Skill = z.object({ name: z.string(), level: SkillLevel });
export type Skill = z.infer<typeof Skill>;

export const Skills = z.object({ skills: z.array(Skill) });
export type Skills = z.infer<typeof Skills>;

const SkillName = line(100);

/** One that is there already, in whatever case it is written, has this level from now on, and is written this way. */
export const AddSkills = CandidateIn.extend({
  skills: z
    .array(z.object({ name: SkillName, level: SkillLevel }))
    .min(1)
    .max(entriesMax),
});
export type AddSkills = z.infer<typeof AddSkills>;

export const RemoveSkill = CandidateIn.extend({ name: SkillName });
export type RemoveSkill = z.infer<typeof RemoveSkill>;

export const Experience = z.object({
  id: idOf("exp"),
  candidateId: idOf("cnd"),
  occupation: z.string(),
  organization: z.string().nullable(),
  duration: z.string().nullable(),
  worked: z.object({ from: z.string(), to: z.string().nullable() }).nullable(),
  description: z.string(),
  createdAt: z.date(),
});
export type Experience = z.infer<typeof Experience>;

const Occupation = line(200);
const Employer = line(200).nullable();
/** In words, as people write it: "3 years". */
const Duration = line(100).nullable();
const Description = prose(5_000);

export const AddExperience = CandidateIn.extend({
  occupation: Occupation,
  organization: Employer.default(null),
  duration: Duration.default(null),
  worked: Months.nullable().default(null),
  description: Description.default(""),
});
export type AddExperience = z.infer<typeof AddExperience>;

export const ExperienceIn = z.object({ experienceId: idOf("exp") });
export type ExperienceIn = z.infer<typeof ExperienceIn>;

export const EditExperience = ExperienceIn.extend({
  occupation: Occupation.optional(),
  organization: Employer.optional(),
  duration: Duration.optional(),
  worked: Months.nullable().optional(),
  description: Description.optional(),
});
export type EditExperience = z.infer<typeof EditExperience>;

export const Education = z.object({
  id: idOf("edu"),
  candidateId: idOf("cnd"),
  schoolName: z.string(),
  degree: z.string().nullable(),
  field: z.string().nullable(),
  /** A calendar date, YYYY-MM-DD. */
  completionDate: z.string().nullable(),
  createdAt: z.date(),
});
export type Education = z.infer<typeof Education>;

const Learned = line(200);

export const AddEducation = CandidateIn.extend({
  schoolName: Learned,
  degree: Learned.nullable().default(null),
  field: Learned.nullable().default(null),
  completionDate: CalendarDate.nullable().default(null),
});
export type AddEducation = z.infer<typeof AddEducation>;

export const EducationIn = z.object({ educationId: idOf("edu") });
export type EducationIn = z.infer<typeof EducationIn>;

export const EditEducation = EducationIn.extend({
  schoolName: Learned.optional(),
  degree: Learned.nullable().optional(),
  field: Learned.nullable().optional(),
  completionDate: CalendarDate.nullable().optional(),
});
export type EditEducation = z.infer<typeof EditEducation>;

/** Skills by name, the others in the order in which they were added. */
export const Background = Skills.extend({ experience: z.array(Experience), education: z.array(Education) });
export type Background = z.infer<typeof Background>;
