// One refcheck as it never was, of which the report is known sign by sign: three who answered, one who would not, one who was taken out; names
// and answers that spreadsheets and browsers would take for something else.
import { builtInTemplates } from "../../src/catalog/role-templates.ts";
import type { ReferenceId } from "../../src/kernel/ids.ts";
import type { QuestionAnswer } from "../../src/questionnaire/contract.ts";
import { consentTexts } from "../../src/refcheck/policy.ts";
import type { RefcheckReport } from "../../src/refcheck-report/contract.ts";
import { reportOf } from "../../src/refcheck-report/policy.ts";

const at = (day: string) => new Date(`2031-03-${day}:00.000Z`);
const nth = <Prefix extends string>(prefix: Prefix, number: number) =>
  `${prefix}_${String(number).padStart(32, "0")}` as const;
const id = (number: number): ReferenceId => nth("ref", number);

const asked = {
  relationship: "manager",
  employer: "Harbour Coffee",
  worked: { from: "2027-01", to: "2029-06" },
  status: "completed",
  invitedAt: at("03T09:00"),
  acceptedAt: at("03T10:00"),
  declinedAt: null,
  declineReason: null,
  completedAt: at("03T10:12"),
} satisfies Partial<RefcheckReport["references"][number]>;

const references: RefcheckReport["references"] = [
  { ...asked, id: id(1), firstName: "Rita", lastName: "Lindqvist" },
  {
    ...{ ...asked, id: id(2), firstName: "=SUM(A1:A9)", lastName: "<script>alert(1)</script>" },
    ...{ relationship: "colleague", employer: 'Roast & "Sons"', worked: null, completedAt: at("04T08:30") },
  },
  {
    ...{ ...asked, id: id(3), firstName: "Nadia", lastName: "Ferreira" },
    ...{ relationship: "report", worked: { from: "2029-09", to: null }, completedAt: at("05T15:45") },
  },
  {
    ...{ ...asked, id: id(4), firstName: "Tom", lastName: "de Wit", status: "declined", completedAt: null },
    ...{ acceptedAt: null, declinedAt: at("03T11:00"), declineReason: "company_policy", worked: null },
  },
  {
    ...{ ...asked, id: id(5), firstName: "Una", lastName: "Byrne", status: "replaced", completedAt: null },
    ...{ acceptedAt: null, worked: null },
  },
];

const rating = (score: number): QuestionAnswer => ({ kind: "rating", score });
const text = (words: string): QuestionAnswer => ({ kind: "text", text: words });

const answers: ReadonlyMap<ReferenceId, ReadonlyMap<string, QuestionAnswer>> = new Map([
  [
    id(1),
    new Map<string, QuestionAnswer>([
      ["worked_together", { kind: "date_range", from: "2027-01", to: "2029-06" }],
      ["relationship", { kind: "choice", optionKeys: ["manager"] }],
      ["quality", rating(5)],
      ["reliability", rating(4)],
      ["teamwork", rating(4)],
      ["communication", rating(3)],
      ["strengths", text("Calm behind a queue of thirty.\nKnows every regular by name.")],
      ["support", text("Delegating.")],
      ["again", { kind: "rehire", verdict: "yes" }],
    ]),
  ],
  [
    id(2),
    new Map<string, QuestionAnswer>([
      ["worked_together", { kind: "date_range", from: "2028-03", to: "2028-11" }],
      ["relationship", { kind: "choice", optionKeys: ["colleague"] }],
      ["quality", rating(4)],
      ["reliability", rating(2)],
      ["teamwork", rating(4)],
      ["communication", rating(4)],
      ["strengths", text('=HYPERLINK("https://example.com","click")')],
      ["support", text("<img src=x onerror=alert(1)>")],
      ["again", { kind: "rehire", verdict: "with_reservations" }],
      ["again_why", text("+31 20 123 45 67: call me.")],
    ]),
  ],
  [
    id(3),
    new Map<string, QuestionAnswer>([
      ["worked_together", { kind: "date_range", from: "2029-10", to: null }],
      ["relationship", { kind: "choice", optionKeys: ["report"] }],
      ["quality", rating(4)],
      ["reliability", rating(4)],
      ["teamwork", rating(5)],
      ["communication", rating(4)],
      ["strengths", text("مرحبا, she says, and everybody is at ease.")],
      ["support", text("Saying no.")],
      ["again", { kind: "rehire", verdict: "yes" }],
      ["else", text("-")],
    ]),
  ],
]);

const [template] = builtInTemplates;
if (!template) throw new Error("templates ship with Anteroom");

const signal = {
  ...{ otherReferenceId: null, facts: {}, raisedAt: at("03T10:12"), withdrawnAt: null },
  ...{ resolvedAt: null, resolvedBy: null, resolvedByName: null, note: null },
};

export const facts: Parameters<typeof reportOf>[0] = {
  refcheckId: nth("rck", 1),
  madeAt: at("06T09:30"),
  language: "en",
  timeZone: "Europe/Amsterdam",
  organizationName: "Harbour Coffee B.V.",
  teamName: "Bars",
  roleTitle: "Head barista",
  candidate: { id: nth("cnd", 1), firstName: "Mira", lastName: "Okafor" },
  status: "needs_attention",
  referencesRequired: 3,
  invitedAt: at("02T08:00"),
  deadlineAt: at("16T08:00"),
  completedAt: at("05T15:45"),
  consent: { consentedAt: at("03T08:55"), version: 1, text: consentTexts.get(1) ?? "" },
  references,
  signals: [
    {
      ...{ ...signal, id: nth("sig", 1), kind: "free_mail", weight: 1, referenceId: id(1) },
      explanation: "Rita Lindqvist has a private address, not one of the employer that was named.",
      harmless: "People keep their private address when they change jobs, and small employers have no other.",
      ...{ resolvedAt: at("05T16:00"), resolvedBy: nth("mem", 1), resolvedByName: "Noor Recruiter" },
      note: "Called Harbour Coffee: she is there.",
    },
    {
      ...{ ...signal, id: nth("sig", 2), kind: "same_network", weight: 3, referenceId: id(2) },
      explanation: "=SUM(A1:A9) <script>alert(1)</script> and Mira Okafor came from the same network, in NL.",
      harmless: "Colleagues share the network of their office, and many people share one at home or by phone.",
    },
    {
      ...{ ...signal, id: nth("sig", 3), kind: "free_mail", weight: 1, referenceId: id(5) },
      explanation: "Una Byrne has a private address, not one of the employer that was named.",
      harmless: "People keep their private address when they change jobs, and small employers have no other.",
      withdrawnAt: at("04T12:00"),
    },
  ],
  questionnaire: template.questionnaire,
  answers,
  periodMonths: 60,
};

export const report = reportOf(facts);
