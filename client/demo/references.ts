// The chapter about reference checks: a role with its candidate in one call, a candidate who names people, one who says no, two who answer
// in nearly the same words, what a member says of that, and the report.
import { type Anteroom, createAnteroom, type RouterInputs } from "../index.ts";
import { letterTo, tokenOf } from "./mailbox.ts";

type Teller = { readonly url: string; readonly own: (email: string) => string; readonly tell: (line: string) => void };
type Answers = RouterInputs["reference"]["save"]["answers"];

const ratings: Answers = ["quality", "reliability", "teamwork", "communication"].map((key, nth) => ({
  key,
  answer: { kind: "rating", score: 5 - (nth % 2) },
}));
const strengths =
  "She notices when somebody needs help before they ask for it, stays calm behind a queue of thirty, and knows every regular by name.";
const answers: Answers = [
  { key: "worked_together", answer: { kind: "date_range", from: "2021-04", to: "2024-09" } },
  { key: "relationship", answer: { kind: "choice", optionKeys: ["colleague"] } },
  ...ratings,
  { key: "strengths", answer: { kind: "text", text: strengths } },
  { key: "support", answer: { kind: "text", text: "With saying no." } },
  { key: "again", answer: { kind: "rehire", verdict: "yes" } },
];

export async function checkReferences(anteroom: Anteroom, { url, own, tell }: Teller): Promise<void> {
  const comeIn = async (email: string, lettersBefore = 0) => {
    const token = tokenOf(await letterTo(url, email, lettersBefore));
    const signedIn = await createAnteroom({ url }).identity.useLink.mutate({ token });
    return createAnteroom({ url, token: signedIn.token });
  };
  const { items } = await anteroom.roleTemplate.list.query({ search: "any role" });
  const [template] = items;
  if (!template) throw new Error("A template for any role ships with Anteroom.");
  const email = own("iris@demo.example");
  const candidate = { email, firstName: "Iris", lastName: "Quist", timeZone: "Europe/Stockholm" };
  const role = await anteroom.role.create.mutate({
    ...{ roleTemplateId: template.id, title: "Shift lead", referencesRequired: 2 },
    candidates: [{ candidate }, { candidate: { ...candidate, email: "not an address" } }],
  });
  const [made, wrong] = role.results;
  tell(`"${role.title}" is made from "${template.title}", with Iris in the same call: ${made?.outcome}.`);
  if (wrong?.outcome === "refused") tell(`A row that is wrong spoils no other: refused with ${wrong.reason}.`);
  if (made?.outcome !== "created") throw new Error("Iris is considered for the role.");
  const { refcheckId } = made;

  const iris = await comeIn(email);
  const { consent, referencesRequired } = await iris.refcheck.own.query({ refcheckId, expand: ["role"] });
  await iris.refcheck.consent.mutate({ refcheckId, version: consent.version });
  tell(`Iris opens her link, reads that ${referencesRequired} people are to answer, and agrees to it.`);
  const people = ["Paul", "Rhea", "Sven"].map((firstName) => ({
    ...{ refcheckId, email: own(`${firstName.toLowerCase()}@demo.example`), firstName, lastName: "Holm" },
    ...{ relationship: "colleague" as const, employer: "The Corner Cafe" },
  }));
  for (const person of people) await iris.reference.add.mutate(person);
  tell(`She names ${people.map(({ firstName }) => firstName).join(", ")}; each is written to at once.`);

  const [paul, rhea, sven] = await Promise.all(people.map((person) => comeIn(person.email)));
  await paul?.reference.decline.mutate({ reason: "company_policy" });
  tell(`Paul may not answer. Iris hears of it: "${(await letterTo(url, email, 1)).subject}".`);
  for (const referee of [rhea, sven]) {
    if (!referee) throw new Error("Rhea and Sven have come in.");
    await referee.reference.accept.mutate();
    const { missing } = await referee.reference.save.mutate({ answers: answers.slice(0, 4) });
    tell(`Somebody accepts and answers the first four; ${missing.length} are left, and what is written is kept.`);
    await referee.reference.save.mutate({ answers: answers.slice(4) });
    await referee.reference.finish.mutate();
  }
  const { status, answered, signals } = await anteroom.refcheck.get.query({ refcheckId });
  tell(`Both have finished: ${answered} answers, and the refcheck is ${status}.`);
  for (const { weight, explanation } of signals) tell(`  (${weight} of 5) ${explanation}`);
  const seen = await iris.refcheck.own.query({ refcheckId });
  tell(`Iris sees nothing of that: to her it is ${seen.status}.`);
  const signalIds = signals.map(({ id }) => id);
  const note = "Called both: they wrote it together, over lunch.";
  const resolved = await anteroom.signal.resolve.mutate({ refcheckId, signalIds, note });
  tell(`Somebody looks, and says so: "${note}" Now it is ${resolved.status}.`);

  const { overall, rehire } = await anteroom.refcheckReport.get.query({ refcheckId });
  tell(
    `The report: ${overall?.average} of 100 over ${overall?.ratings} ratings; ${rehire?.yes} would work with her again.`,
  );
  const shared = await anteroom.refcheckReport.share.mutate({ refcheckId, label: "The owner of the bar" });
  const page = await fetch(shared.url);
  tell(`Whoever has its link reads it without an account, as a page to print: ${page.status}, ${shared.url}`);
  const { id: reportShareId } = await anteroom.refcheckReport.share.mutate({
    refcheckId,
    label: "Sent to the wrong person",
  });
  await anteroom.refcheckReport.revokeShare.mutate({ reportShareId });
  tell("Another link to it is taken back, and opens nothing any more.");
}
