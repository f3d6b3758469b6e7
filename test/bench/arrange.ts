// The organization whose list is asked for, made through the typed client as anybody would make it.
import { setTimeout as pause } from "node:timers/promises";
import { createAnteroom } from "../../client/index.ts";

export type Question = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export const listSize = 20;
/** More writers at once only queue up for the one lock. */
const callsAtOnce = 4;
/** The newest are invited, and so have deadlines, actions and letters, as a list that somebody looks at has. */
const invitedCount = 2 * listSize;
const drainPatienceMs = 20_000;
const pollMs = 100;

/** An organization with so many interviews: the bearer token of its owner. */
export async function arrange(url: string, interviewCount: number): Promise<string> {
  const person = { email: "owner@bench.example", firstName: "Olga", lastName: "Bench", timeZone: "Europe/Madrid" };
  const password = "sixteen short rounds and a ratio";
  const visitor = createAnteroom({ url });
  await visitor.identity.signUp.mutate({ ...person, password });
  const signedIn = await visitor.identity.useLink.mutate({ token: await tokenFromLetter(url, person.email), password });
  const { token, memberId: _ } = await createAnteroom({ url, token: signedIn.token }).organization.create.mutate({
    name: "Bench",
    slug: "bench",
  });
  const anteroom = createAnteroom({ url, token });
  const project = await anteroom.project.create.mutate({ name: "Barista, harbour shop" });
  await anteroom.project.setSteps.mutate({
    projectId: project.id,
    revision: project.revision,
    steps: [{ kind: "question", title: "Why coffee?", answer: { kind: "text" } }],
  });
  await anteroom.project.activate.mutate({ projectId: project.id });
  const create = (index: number) => {
    const candidate = { email: `candidate-${index}@bench.example`, firstName: "Ana", lastName: `Number ${index}` };
    const asked = { projectId: project.id, candidate, labels: index % 2 === 0 ? ["north"] : ["south", "weekends"] };
    return index < interviewCount - invitedCount
      ? anteroom.interview.create.mutate(asked)
      : anteroom.interview.createAndInvite.mutate(asked);
  };
  for (let made = 0; made < interviewCount; made += callsAtOnce) {
    const count = Math.min(callsAtOnce, interviewCount - made);
    await Promise.all(Array.from({ length: count }, (_, index) => create(made + index)));
  }
  await lettersAreOut(url);
  return token;
}

async function tokenFromLetter(url: string, email: string): Promise<string> {
  const giveUpAt = Date.now() + drainPatienceMs;
  while (Date.now() < giveUpAt) {
    const response = await fetch(`${url}/mailbox.json?${new URLSearchParams({ to: email })}`);
    const letters: { text: string }[] = await response.json();
    const token = /\/auth\/link\/([^/\s]+)/.exec(letters[0]?.text ?? "")?.[1];
    if (token) return token;
    await pause(pollMs);
  }
  throw new Error("The letter with the link did not come.");
}

/** Nothing is left to do behind the answers: what is measured next has the machine to itself. */
async function lettersAreOut(url: string): Promise<void> {
  const giveUpAt = Date.now() + drainPatienceMs;
  while (Date.now() < giveUpAt) {
    const health: { letters?: { waiting: number } } = await (await fetch(`${url}/health`)).json();
    if (health.letters?.waiting === 0) return;
    await pause(pollMs);
  }
  throw new Error("The outbox did not empty.");
}

/** The request as the typed client sends it, to be sent again many times. */
export async function questionOf(url: string, token: string): Promise<Question> {
  const sent: Question[] = [];
  const anteroom = createAnteroom({
    url,
    token,
    fetch: (address, init) => {
      const { pathname, search } = new URL(address);
      const headers = Object.fromEntries(new Headers(init.headers).entries());
      sent.push({ path: `${pathname}${search}`, headers, body: String(init.body) });
      return fetch(address, init);
    },
  });
  const { items } = await anteroom.interview.list.query({ size: listSize });
  const [question] = sent;
  if (!question || items.length !== listSize) throw new Error(`The list holds ${items.length} interviews.`);
  return question;
}
