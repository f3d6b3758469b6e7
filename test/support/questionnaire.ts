// A questionnaire for tests.
import type { inferRouterInputs } from "@trpc/server";
import type { AppRouter } from "../../src/app/router.ts";

export type Inputs = inferRouterInputs<AppRouter>;

/** One question of each kind, one that hangs on another, in two languages. */
export const shortQuestionnaire: Inputs["roleTemplate"]["create"]["questionnaire"] = {
  languages: ["en", "nl"],
  questions: [
    {
      key: "when",
      kind: "date_range",
      prompt: { en: "When did you work together?", nl: "Wanneer werkten jullie samen?" },
    },
    {
      key: "quality",
      kind: "rating",
      prompt: { en: "How good was their work?", nl: "Hoe goed was het werk?" },
      scale: [
        { en: "Poor", nl: "Slecht" },
        { en: "Fair", nl: "Redelijk" },
        { en: "Good", nl: "Goed" },
      ],
    },
    { key: "on_time", kind: "yes_no", prompt: { en: "Were they on time?", nl: "Op tijd?" }, isRequired: false },
    {
      key: "shifts",
      kind: "choice",
      multiple: true,
      prompt: { en: "Which shifts?", nl: "Welke diensten?" },
      options: [
        { key: "day", label: { en: "By day", nl: "Overdag" } },
        { key: "night", label: { en: "By night", nl: "'s Nachts" } },
      ],
    },
    { key: "again", kind: "rehire", prompt: { en: "Again?", nl: "Nog eens?" } },
    {
      key: "why",
      kind: "text",
      length: "short",
      prompt: { en: "Why not?", nl: "Waarom niet?" },
      showIf: { key: "again", matches: { kind: "rehire", anyOf: ["no", "with_reservations"] } },
    },
    { key: "else", kind: "text", prompt: { en: "Anything else?", nl: "Nog iets?" }, isRequired: false },
  ],
};
