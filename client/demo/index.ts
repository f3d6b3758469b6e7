// Plays the story of the first interviews, of a reference check and of a candidate's record against a running `npm start`, through the typed client, and tells it as it
// happens. Run it as often as you like: everybody in it gets an address of their own each time.
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import Papa from "papaparse";
import {
  type Anteroom,
  createAnteroom,
  isRefusal,
  isUnreachable,
  type RouterInputs,
  type RouterOutputs,
} from "../index.ts";
import { letterTo, tokenOf } from "./mailbox.ts";
import { keepRecord } from "./record.ts";
import { checkReferences } from "./references.ts";

const url = process.env.ANTEROOM_URL ?? `http://localhost:${process.env.PORT ?? 8787}`;
const run = Date.now().toString(36);
const password = "twelve quiet rooms and a clock";
const deadlineAheadSeconds = 4;
const alarmGraceMs = 1_500;

type Person = { email: string; firstName: string; lastName: string; language: "en" | "sv" | "pt"; timeZone: string };
type Interview = RouterOutputs["interview"]["get"];

const chapter = (title: string) => console.log(`\n\x1b[1m${title}\x1b[0m`);
const tell = (line: string) => console.log(`  ${line}`);
const own = (email: string) => email.replace("@", `+${run}@`);
const at = (instant: Date | null, timeZone: string) =>
  instant === null ? "never" : instant.toLocaleString("en-GB", { timeZone, dateStyle: "medium", timeStyle: "long" });

function candidates(): Person[] {
  const csv = readFileSync(new URL("candidates.csv", import.meta.url), "utf8");
  const { data } = Papa.parse<Person>(csv, { header: true, skipEmptyLines: true });
  return data.map((person) => ({ ...person, email: own(person.email) }));
}

async function signUp(): Promise<{ token: string; email: string }> {
  chapter("1. A recruiter signs up");
  const visitor = createAnteroom({ url });
  const email = own("rosa@demo.example");
  const names = { firstName: "Rosa", lastName: "Vega", timeZone: "Europe/Madrid" };
  await visitor.identity.signUp.mutate({ email, password, ...names });
  tell(`Rosa signs up as ${email}. Whoever has that address, the answer is the same.`);
  const letter = await letterTo(url, email);
  tell(`In her mailbox: "${letter.subject}". Its link leads to ${letter.url?.origin}/auth/link/…`);
  const opened = await visitor.identity.openLink.query({ token: tokenOf(letter) });
  tell(
    `Opening it changes nothing; it says only what it is for: ${opened.purpose}, ${opened.alive ? "alive" : "dead"}.`,
  );
  const signedIn = await visitor.identity.useLink.mutate({ token: tokenOf(letter), password });
  tell(`She uses it with the password she chose, and is in: ${signedIn.kind}.`);
  return { token: signedIn.token, email };
}

async function foundOrganization(token: string): Promise<{ anteroom: Anteroom; memberId: `mem_${string}` }> {
  chapter("2. She creates an organization");
  const created = await createAnteroom({ url, token }).organization.create.mutate({
    name: "Harbour Coffee",
    slug: `harbour-${run}`,
    timeZone: "Europe/Madrid",
  });
  tell(
    `"${created.organization.name}" comes with its default team "${created.team.name}", and she is its ${created.access}.`,
  );
  return { anteroom: createAnteroom({ url, token: created.token }), memberId: created.memberId };
}

async function makeProject(anteroom: Anteroom, memberId: `mem_${string}`): Promise<`prj_${string}`> {
  chapter("3. She makes a project");
  const project = await anteroom.project.create.mutate({ name: "Barista, harbour shop" });
  const options = [
    { id: "grind", label: "The grind" },
    { id: "cup", label: "The cup" },
  ];
  await anteroom.project.setSteps.mutate({
    projectId: project.id,
    revision: project.revision,
    steps: [
      { kind: "question", title: "Why coffee?", answer: { kind: "text" }, answerSeconds: 600 },
      {
        kind: "question",
        title: "Weekends?",
        answer: {
          kind: "choice",
          options: [
            { id: "yes", label: "Yes" },
            { id: "no", label: "No" },
          ],
        },
      },
      {
        kind: "test",
        title: "It tastes sour. What first?",
        points: 10,
        answer: { kind: "choice", options, correctOptionIds: ["grind"] },
      },
    ],
  });
  await anteroom.project.setCriteria.mutate({ projectId: project.id, criteria: [{ name: "Warmth" }] });
  await anteroom.project.assignRole.mutate({ projectId: project.id, memberId, role: "evaluator" });
  const active = await anteroom.project.activate.mutate({ projectId: project.id });
  tell(`"${active.name}" has three steps and is ${active.status}. Rosa will evaluate.`);
  return project.id;
}

async function takePart(anteroom: Anteroom, interview: Interview, person: Person, lettersBefore = 0): Promise<void> {
  const letter = await letterTo(url, person.email, lettersBefore);
  tell(`${person.firstName} reads "${letter.subject}" and opens the link.`);
  const session = await createAnteroom({ url }).identity.useLink.mutate({ token: tokenOf(letter) });
  const room = createAnteroom({ url, token: session.token });
  const interviewId = interview.id;
  const { status } = await room.interview.own.query({ interviewId });
  if (status === "invited") await room.interview.confirm.mutate({ interviewId });
  const started = await room.interview.start.mutate({ interviewId });
  tell(`${person.firstName} confirms and starts; the room closes at ${at(started.endsAt, person.timeZone)}.`);
  for (let stepsAhead = 1; stepsAhead > 0; ) {
    const next = await room.answer.openStep.mutate({ interviewId });
    if (!next.open) break;
    const { step } = next.open;
    const choice = step.answer.kind === "choice" ? step.answer.options[0]?.id : undefined;
    const answer: RouterInputs["answer"]["save"]["answer"] =
      choice === undefined
        ? { kind: "text", text: "My grandmother had a mill and no patience." }
        : { kind: "choice", optionIds: [choice] };
    await room.answer.save.mutate({ interviewId, stepId: step.id, answer, submit: true });
    tell(`  ${next.open.position + 1}/${next.stepCount} ${step.title}  answered`);
    stepsAhead = next.stepsAhead;
  }
  await room.interview.finish.mutate({ interviewId });
  const given = await anteroom.answer.given.query({ interviewId });
  const points = given.steps.reduce((sum, step) => sum + (step.points ?? 0), 0);
  tell(`${person.firstName} finishes. The test scored itself: ${points} points.`);
}

async function missTheDeadline(anteroom: Anteroom, projectId: `prj_${string}`, person: Person): Promise<void> {
  chapter(`5. ${person.firstName} has ${deadlineAheadSeconds} seconds, and misses them`);
  const deadlineAt = new Date(Date.now() + deadlineAheadSeconds * 1_000);
  const interview = await anteroom.interview.createAndInvite.mutate({ projectId, candidate: person, deadlineAt });
  await letterTo(url, person.email);
  tell(`Invited; the deadline is ${at(deadlineAt, person.timeZone)}. Nobody asks for anything now.`);
  await pause(deadlineAheadSeconds * 1_000 + alarmGraceMs);
  const { items } = await anteroom.interview.events.query({ interviewId: interview.id });
  const expiry = items.find(({ verb }) => verb === "expire");
  if (!expiry) throw new Error("The alarm did not fire. Is the worker running with its Durable Objects?");
  tell(
    `Before anybody looked, the alarm had written: ${expiry.from} -> ${expiry.to}, by the ${expiry.actorKind}, ${expiry.at.getTime() - deadlineAt.getTime()} ms after the deadline.`,
  );
  const session = await createAnteroom({ url }).identity.useLink.mutate({
    token: tokenOf(await letterTo(url, person.email)),
  });
  try {
    await createAnteroom({ url, token: session.token }).interview.confirm.mutate({ interviewId: interview.id });
  } catch (error) {
    if (!isRefusal(error, "illegal_step")) throw error;
    tell(`Confirming now is refused: ${error.reason}, from ${error.facts.from}. "${error.sentence}"`);
  }
  const restored = await anteroom.interview.restore.mutate({
    interviewId: interview.id,
    deadlineAt: new Date(Date.now() + 3_600_000),
    why: "The train was late.",
  });
  tell(`Rosa restores the interview: ${restored.status} again, until ${at(restored.deadlineAt, person.timeZone)}.`);
  await takePart(anteroom, restored, person, 1);
}

async function evaluate(anteroom: Anteroom, interviewId: Interview["id"], projectId: `prj_${string}`): Promise<void> {
  chapter("6. Rosa rates what she has heard");
  const [{ steps }, { criteria }] = await Promise.all([
    anteroom.answer.given.query({ interviewId }),
    anteroom.project.get.query({ projectId }),
  ]);
  const questions = steps.filter(({ step }) => step.kind === "question");
  const ratings = criteria.flatMap(({ id: criterionId }) =>
    questions.map(({ step }, index) => ({ stepId: step.id, criterionId, score: 5 - index })),
  );
  const before = await anteroom.interview.get.query({ interviewId });
  const { evaluationStatus, result } = await anteroom.evaluation.rate.mutate({ interviewId, ratings });
  const overall = Math.round(result?.overall?.average ?? 0);
  tell(`The evaluation was ${before.evaluationStatus} and is ${evaluationStatus}: ${overall} of 100.`);
}

async function askReferences(anteroom: Anteroom): Promise<void> {
  chapter("7. She asks people who have worked with Iris");
  await checkReferences(anteroom, { url, own, tell });
}

async function keepCandidate(anteroom: Anteroom, memberId: `mem_${string}`): Promise<void> {
  chapter("8. She keeps a record of Noor");
  await keepRecord(anteroom, memberId, { url, own, tell });
}

async function lookBack(anteroom: Anteroom, email: string): Promise<void> {
  chapter("9. Rosa looks at her list");
  const { items, total } = await anteroom.interview.list.query({ sort: "name", direction: "asc" });
  for (const { candidate, status, version, availableActions } of items) {
    const next = availableActions.length === 0 ? "nothing left to do" : availableActions.join(", ");
    tell(
      `${`${candidate.firstName} ${candidate.lastName}`.padEnd(20)} ${status.padEnd(12)} ${version} events; ${next}`,
    );
  }
  tell(`${total?.count} interviews in all. Her own newest letter: "${(await letterTo(url, email)).subject}".`);
  tell(`Every letter lies at ${url}/mailbox`);
}

async function story(): Promise<void> {
  const { token, email } = await signUp();
  const { anteroom, memberId } = await foundOrganization(token);
  const projectId = await makeProject(anteroom, memberId);
  const [first, late, ...others] = candidates();
  if (!first || !late) throw new Error("candidates.csv holds too few people.");
  chapter("4. She invites the people in candidates.csv");
  for (const person of [first, ...others]) {
    const { candidate, deadlineAt } = await anteroom.interview.createAndInvite.mutate({ projectId, candidate: person });
    tell(`${candidate.firstName} ${candidate.lastName} is invited until ${at(deadlineAt, person.timeZone)}.`);
  }
  const { items } = await anteroom.interview.list.query({ search: first.lastName });
  if (items[0]) await takePart(anteroom, items[0], first);
  await missTheDeadline(anteroom, projectId, late);
  if (items[0]) await evaluate(anteroom, items[0].id, projectId);
  await askReferences(anteroom);
  await keepCandidate(anteroom, memberId);
  await lookBack(anteroom, email);
}

try {
  await story();
} catch (error) {
  if (!isUnreachable(error)) throw error;
  console.error(`Nothing answers at ${url}. Run "npm start" in another terminal first, or set ANTEROOM_URL.`);
  process.exitCode = 1;
}
