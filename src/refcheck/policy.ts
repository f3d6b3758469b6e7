// Who may do what with refchecks, what candidates consent to, and when somebody is reminded: on weekdays by day, where they are. Pure.
import { after, dayMs } from "../kernel/clock.ts";
import type { Access } from "../kernel/scope.ts";
import { inOfficeHours } from "../timer/policy.ts";

export const refcheckPolicy = {
  create: "recruiter",
  manage: "recruiter",
  get: "hiring_manager",
  list: "hiring_manager",
  answers: "hiring_manager",
} as const satisfies Record<string, Access>;

/** Which text a candidate agreed to is kept with the instant. A new text is a new version; old ones stay readable here. */
export const consentTexts: ReadonlyMap<number, string> = new Map([
  [
    1,
    "I agree that the people I name are asked about our work together by e-mail, and that the organization named here reads and keeps their answers to decide about this role. I have told them, or will before they are written to. I can take this back until enough of them have answered: then nobody is asked any more.",
  ],
]);
export const consentVersion = 1;

/** Days from one letter to the next: four reminders, and none after the last. */
const reminderDays = [1, 2, 2, 2] as const;

/** When to remind next somebody who was last written to at `lastAt` and reminded so often; null: never again. */
export function reminderAfter(
  { lastAt, reminders, deadlineAt }: { readonly lastAt: Date; readonly reminders: number; readonly deadlineAt: Date },
  timeZone: string,
): Date | null {
  const days = reminderDays[reminders];
  if (days === undefined) return null;
  const at = inOfficeHours(after(lastAt, days * dayMs), timeZone);
  return at < deadlineAt ? at : null;
}
