// The world a runtime test stands in: the real Worker, its real database, people who came in by their letters.
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createTRPCClient, httpBatchLink, httpLink, TRPCClientError } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { sql } from "drizzle-orm";
import superjson from "superjson";
import { afterEach } from "vitest";
import { connect } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { depsOf, nobody } from "../../src/app/deps.ts";
import type { RefusalData } from "../../src/app/refusal.ts";
import type { AppRouter } from "../../src/app/router.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import type { Access } from "../../src/kernel/scope.ts";
import worker from "../../src/worker.ts";

type Outputs = inferRouterOutputs<AppRouter>;

export const origin = "https://api.anteroom.test";

/** Sends a request to the Worker and waits until everything it left for afterwards is done. */
export async function send(request: Request): Promise<Response> {
  const ctx = createExecutionContext();
  const response = await worker.fetch(request, env, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

type Options = {
  /** The network the call comes from; each test's people have one of their own unless it says otherwise. */
  ip?: string;
  batch?: boolean;
  onResponse?: (response: Response) => void;
};

const plain = { serialize: (value: unknown) => value, deserialize: (value: unknown) => value };

/** The typed client, calling the Worker in this very process. */
export function anteroom(token?: string, options: Options = {}) {
  const link = {
    url: `${origin}/trpc`,
    transformer: { input: plain, output: superjson },
    headers: () => ({
      "cf-connecting-ip": options.ip ?? elsewhere(),
      "user-agent": "a test",
      ...(token && { authorization: `Bearer ${token}` }),
    }),
    fetch: async (url: RequestInfo | URL | string, init?: object) => {
      const response = await send(new Request(String(url), init));
      options.onResponse?.(response);
      return response;
    },
  };
  return createTRPCClient<AppRouter>({ links: [options.batch ? httpBatchLink(link) : httpLink(link)] });
}

export type Client = ReturnType<typeof anteroom>;

/** A network that no other call in this run comes from. */
function elsewhere(): string {
  const nth = unique();
  return `10.${(nth >> 16) & 255}.${(nth >> 8) & 255}.${nth & 255}`;
}

let counter = 0;
/** A number no other call in this run gets. */
export function unique(): number {
  counter += 1;
  return counter;
}

/** An address nobody else in any test file has. */
export function newEmail(name = "person"): string {
  return `${name}.${crypto.randomUUID().slice(0, 8)}@example.com`;
}

/** What a call is refused with; fails loudly when it is not refused. */
export async function refusalOf(call: Promise<unknown>): Promise<RefusalData & { code: string }> {
  try {
    await call;
  } catch (error) {
    if (error instanceof TRPCClientError && error.data) return error.data as RefusalData & { code: string };
    throw error;
  }
  throw new Error("expected a refusal, but the call went through");
}

/** Runs a call and counts its database round trips as the Worker reports them. */
export async function tripsOf(token: string | undefined, call: (client: Client) => Promise<unknown>): Promise<number> {
  let trips = -1;
  await call(
    anteroom(token, {
      onResponse: (response) => {
        trips = Number(/(\d+) round trips/.exec(response.headers.get("server-timing") ?? "")?.[1] ?? -1);
      },
    }),
  );
  return trips;
}

const leftForAfterwards: Promise<unknown>[] = [];

/** What a timer or a sweep is given. What it leaves for afterwards is waited for when the test is over. */
export function systemDeps(over: Partial<Deps> = {}): Deps {
  return { ...depsOf(env, (work) => void leftForAfterwards.push(work), nobody), ...over };
}

// A test that ends with work under way leaves its Worker to be taken down in the middle of it.
afterEach(async () => {
  while (leftForAfterwards.length > 0) await Promise.allSettled(leftForAfterwards.splice(0));
});

/** Straight to the database, for looking behind the API and for arranging what the API forbids. */
export const database = () => connect({ url: String(env.DATABASE_URL), keepsStreams: true });

type Letter = { subject: string; text: string; html: string; token: string | null; path: string | null };

/** What lies in the local mailbox for this address, oldest first. */
export async function lettersTo(email: string): Promise<Letter[]> {
  const { letters } = await database().read({
    letters: raw(sql`select subject, text, html from mailbox_letter where to_email = ${email} order by id`, (rows) =>
      rows.map(([subject, text, html]) => ({ subject: String(subject), text: String(text), html: String(html) })),
    ),
  });
  return letters.map((letter) => {
    const link = /\/auth\/link\/([A-Za-z0-9_-]+)\/(?:\?next=(\S+))?/.exec(letter.text);
    return { ...letter, token: link?.[1] ?? null, path: link?.[2] ? decodeURIComponent(link[2]) : null };
  });
}

/**
 * The token of the newest link that was promised to this address. Another request's drain may hold the letter at this
 * moment; then it is opened where it waits, as its reader will find it a little later.
 */
export async function newestToken(email: string): Promise<string> {
  const { newest } = await database().read({
    newest: raw(
      sql`select letter.sealed_token, mailbox_letter.text from letter left join mailbox_letter on mailbox_letter.id = letter.id
        where letter.to_email = ${email} and letter.link_id is not null order by letter.id desc limit 1`,
      (rows) => rows[0],
    ),
  });
  const [sealed, text] = newest ?? [];
  const token =
    typeof sealed === "string"
      ? await systemDeps().sealer.open("letter token v1", sealed)
      : /\/auth\/link\/([A-Za-z0-9_-]+)\//.exec(String(text))?.[1];
  if (!token) throw new Error(`no link was mailed to ${email}`);
  return token;
}

export type Person = { email: string; password: string; token: string; client: Client; userId: `usr_${string}` };

/** Somebody who has signed up, read their letter and used its link. */
export async function givenPerson(name = "person", timeZone = "Europe/Amsterdam"): Promise<Person> {
  const email = newEmail(name);
  const password = "seven wild geese over water";
  const ip = `10.1.${unique() % 250}.${unique() % 250}`;
  const visitor = anteroom(undefined, { ip });
  await visitor.identity.signUp.mutate({ email, password, firstName: "Ada", lastName: name, timeZone });
  const signedIn = await visitor.identity.useLink.mutate({ token: await newestToken(email), password });
  if (signedIn.kind !== "user") throw new Error("a sign-up link signs in a user");
  return { email, password, token: signedIn.token, client: anteroom(signedIn.token), userId: signedIn.user.id };
}

export type Member = Person & { memberId: `mem_${string}`; access: Access };
export type House = {
  organization: Outputs["organization"]["create"]["organization"];
  team: Outputs["organization"]["create"]["team"];
  owner: Member;
};

/** An organization of its own, with its owner. */
export async function givenOrganization(over: { frontendOrigins?: string[] } = {}): Promise<House> {
  const person = await givenPerson("owner");
  const slug = `house-${crypto.randomUUID().slice(0, 12)}`;
  const created = await person.client.organization.create.mutate({ name: "House of Tests", slug, ...over });
  return {
    organization: created.organization,
    team: created.team,
    owner: {
      ...person,
      token: created.token,
      client: anteroom(created.token),
      memberId: created.memberId,
      access: created.access,
    },
  };
}

/** Somebody who was invited, read their letter and accepted: a member with this access, in the default team. */
export async function givenMember(
  house: House,
  access: Access,
  over: { teamId?: `tem_${string}` } = {},
): Promise<Member> {
  const email = newEmail(access);
  const password = "nine grey herons by a pond";
  await house.owner.client.invite.create.mutate({ invites: [{ email, access, ...over }] });
  const held = { email, token: await newestToken(email) };
  const { token, user, organizations, entered } = await anteroom().invite.accept.mutate({
    ...held,
    password,
    firstName: "Bo",
    lastName: access,
  });
  const membership = organizations.find(({ organizationId }) => organizationId === entered);
  if (!membership) throw new Error("who accepts an invite is inside the organization");
  return { email, password, token, client: anteroom(token), userId: user.id, memberId: membership.memberId, access };
}

type Inputs = inferRouterInputs<AppRouter>;
type Project = Outputs["project"]["activate"] & { steps: Outputs["project"]["setSteps"]["steps"] };

/** An active project with a written question, a choice and a test. */
export async function givenProject(
  house: House,
  over: Partial<Inputs["project"]["create"]> & { steps?: Inputs["project"]["setSteps"]["steps"] } = {},
): Promise<Project> {
  const { steps: ownSteps, ...fields } = over;
  const { project } = house.owner.client;
  const { id: projectId, revision } = await project.create.mutate({
    name: "Barista",
    // Whose test is about presence says so: in the others people are silent for as long as the story needs.
    interruptionGraceSeconds: 604_800,
    ...fields,
  });
  const options = [
    { id: "yes", label: "Yes" },
    { id: "no", label: "No" },
  ];
  const steps = ownSteps ?? [
    { kind: "question", title: "Why here?", answer: { kind: "text", maxChars: 500 } },
    { kind: "question", title: "Weekends?", answer: { kind: "choice", options } },
    { kind: "test", title: "Is 7 prime?", points: 5, answer: { kind: "choice", options, correctOptionIds: ["yes"] } },
  ];
  const set = await project.setSteps.mutate({ projectId, revision, steps });
  return { ...(await project.activate.mutate({ projectId })), steps: set.steps };
}

export type Invited = {
  interview: Outputs["interview"]["createAndInvite"];
  email: string;
  /** The bearer token of the session their link was exchanged for. */
  token: string;
  client: Client;
};

/** Somebody invited to an interview, who has read the letter and exchanged its link. */
export async function givenInvited(
  house: House,
  project: { id: `prj_${string}` },
  over: Partial<Inputs["interview"]["createAndInvite"]> = {},
): Promise<Invited> {
  const email = newEmail("candidate");
  const interview = await house.owner.client.interview.createAndInvite.mutate({
    projectId: project.id,
    candidate: { email, firstName: "Cleo", lastName: "Candidate", timeZone: "America/New_York" },
    ...over,
  });
  return { interview, email, ...(await admitted(email)) };
}

/** Exchanges the newest link in somebody's mailbox for a session. */
export async function admitted(email: string): Promise<{ token: string; client: Client }> {
  const { token } = await anteroom().identity.useLink.mutate({ token: await newestToken(email) });
  return { token, client: anteroom(token) };
}

/** A candidate in the middle of it: confirmed, started, nothing answered. */
export async function givenInterviewing(...args: Parameters<typeof givenInvited>): Promise<Invited> {
  const invited = await givenInvited(...args);
  const interviewId = invited.interview.id;
  await invited.client.interview.confirm.mutate({ interviewId });
  await invited.client.interview.start.mutate({ interviewId });
  return invited;
}

/** Answers every step as the default project asks them. */
export async function answerAll(invited: Invited): Promise<void> {
  const { client, interview } = invited;
  const interviewId = interview.id;
  for (;;) {
    const { open, stepsAhead } = await client.answer.openStep.mutate({ interviewId });
    if (!open) throw new Error("there is a step to answer");
    const answer =
      open.step.answer.kind === "text"
        ? { kind: "text" as const, text: "Because of the coffee." }
        : { kind: "choice" as const, optionIds: ["yes"] };
    await client.answer.save.mutate({ interviewId, stepId: open.step.id, answer, submit: true });
    if (stepsAhead === 0) return;
  }
}
