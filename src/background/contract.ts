// Background: what is known of a candidate's past, their skills, experience and education (applicant-tracking). Pure.
import * as z from "zod/mini";
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
export const AddSkills = z.extend(CandidateIn, {
  skills: z.array(z.object({ name: SkillName, level: SkillLevel })).check(z.minLength(1), z.maxLength(entriesMax)),
});
export type AddSkills = z.infer<typeof AddSkills>;

export const RemoveSkill = z.extend(CandidateIn, { name: SkillName });
export type RemoveSkill = z.infer<typeof RemoveSkill>;

export const Experience = z.object({
  id: idOf("exp"),
  candidateId: idOf("cnd"),
  occupation: z.string(),
  organization: z.nullable(z.string()),
  duration: z.nullable(z.string()),
  worked: z.nullable(z.object({ from: z.string(), to: z.nullable(z.string()) })),
  description: z.string(),
  createdAt: z.date(),
});
export type Experience = z.infer<typeof Experience>;

const Occupation = line(200);
const Employer = z.nullable(line(200));
/** In words, as people write it: "3 years". */
const Duration = z.nullable(line(100));
const Description = prose(5_000);

export const AddExperience = z.extend(CandidateIn, {
  occupation: Occupation,
  organization: z._default(Employer, null),
  duration: z._default(Duration, null),
  worked: z._default(z.nullable(Months), null),
  description: z._default(Description, ""),
});
export type AddExperience = z.infer<typeof AddExperience>;

export const ExperienceIn = z.object({ experienceId: idOf("exp") });
export type ExperienceIn = z.infer<typeof ExperienceIn>;

export const EditExperience = z.extend(ExperienceIn, {
  occupation: z.optional(Occupation),
  organization: z.optional(Employer),
  duration: z.optional(Duration),
  worked: z.optional(z.nullable(Months)),
  description: z.optional(Description),
});
export type EditExperience = z.infer<typeof EditExperience>;

export const Education = z.object({
  id: idOf("edu"),
  candidateId: idOf("cnd"),
  schoolName: z.string(),
  degree: z.nullable(z.string()),
  field: z.nullable(z.string()),
  /** A calendar date, YYYY-MM-DD. */
  completionDate: z.nullable(z.string()),
  createdAt: z.date(),
});
export type Education = z.infer<typeof Education>;

const Learned = line(200);

export const AddEducation = z.extend(CandidateIn, {
  schoolName: Learned,
  degree: z._default(z.nullable(Learned), null),
  field: z._default(z.nullable(Learned), null),
  completionDate: z._default(z.nullable(CalendarDate), null),
});
export type AddEducation = z.infer<typeof AddEducation>;

export const EducationIn = z.object({ educationId: idOf("edu") });
export type EducationIn = z.infer<typeof EducationIn>;

export const EditEducation = z.extend(EducationIn, {
  schoolName: z.optional(Learned),
  degree: z.optional(z.nullable(Learned)),
  field: z.optional(z.nullable(Learned)),
  completionDate: z.optional(z.nullable(CalendarDate)),
});
export type EditEducation = z.infer<typeof EditEducation>;

/** Skills by name, the others in the order in which they were added. */
export const Background = z.extend(Skills, { experience: z.array(Experience), education: z.array(Education) });
export type Background = z.infer<typeof Background>;
