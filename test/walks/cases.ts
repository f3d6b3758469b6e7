// Every procedure of the API with what is written down about it. One that is missing here fails the walks by name.

import { type Procedure, procedures } from "../support/wire.ts";
import { backgroundCases } from "./cases/background.ts";
import { candidateCases } from "./cases/candidate.ts";
import type { Case } from "./cases/case.ts";
import { contactCases } from "./cases/contact.ts";
import { documentCases } from "./cases/document.ts";
import { feedbackCases } from "./cases/feedback.ts";
import { fieldCases } from "./cases/field.ts";
import { importCases } from "./cases/import.ts";
import { interviewCases } from "./cases/interview.ts";
import { meetingCases } from "./cases/meeting.ts";
import { peopleCases } from "./cases/people.ts";
import { pipelineCases } from "./cases/pipeline.ts";
import { projectCases } from "./cases/project.ts";
import { refcheckCases } from "./cases/refcheck.ts";
import { roleCases } from "./cases/role.ts";
import { slotCases } from "./cases/slot.ts";

export const cases: Readonly<Record<string, Case>> = {
  ...backgroundCases,
  ...contactCases,
  ...candidateCases,
  ...documentCases,
  ...feedbackCases,
  ...fieldCases,
  ...importCases,
  ...interviewCases,
  ...meetingCases,
  ...peopleCases,
  ...pipelineCases,
  ...projectCases,
  ...refcheckCases,
  ...roleCases,
  ...slotCases,
};

/** Each procedure that has a case, with it. */
export const walked: readonly (readonly [Procedure, Case])[] = procedures.flatMap((procedure) => {
  const written = cases[procedure.path];
  return written ? [[procedure, written] as const] : [];
});

/** What has to be put right in test/walks/cases/ before the walks say anything about the whole router. */
export function leftOut(): string[] {
  const paths = procedures.map(({ path }) => path);
  return [
    ...paths
      .filter((path) => !(path in cases))
      .map((path) => `${path} has no case: say who may call it, and with what`),
    ...Object.keys(cases)
      .filter((path) => !paths.includes(path))
      .map((path) => `${path} has a case but is no longer in the router`),
  ];
}
