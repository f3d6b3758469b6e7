// Candidates as such, and what the document knows of one, for tests of what is known about people (applicant-tracking).
import { candidate } from "../../db/schema/index.ts";
import { build, run } from "../../db/statement.ts";
import type { CandidateId } from "../../src/kernel/ids.ts";
import { newId } from "../../src/kernel/ids.ts";
import type { Inputs } from "./questionnaire.ts";
import { database, type House, newEmail } from "./world.ts";

/** Somebody whom only those see who see everybody: without an interview or a refcheck. */
export async function newCandidate({ organization }: House): Promise<CandidateId> {
  const id = newId("cnd");
  const person = { id, organizationId: organization.id, email: newEmail("candidate"), createdAt: new Date() };
  const named = { firstName: "Cleo", lastName: "Candidate", language: "en", timeZone: "UTC" } as const;
  await database().write([run(build.insert(candidate).values({ ...person, ...named }))]);
  return id;
}

type Of<Name extends keyof Inputs["background"]> = Omit<Inputs["background"][Name], "candidateId">;

export const documentsSkills: Of<"addSkills"> = {
  skills: [
    { name: "TypeScript", level: "EXPERT" },
    { name: "Angular", level: "INTERMEDIATE" },
  ],
};

export const documentsExperience: Of<"addExperience"> = {
  occupation: "Senior Developer",
  organization: "Previous Company",
  duration: "3 years",
  description: "Led frontend team",
};

export const documentsEducation: Of<"addEducation"> = {
  schoolName: "MIT",
  degree: "BS Computer Science",
  field: "Computer Science",
  completionDate: "2020-06-01",
};
