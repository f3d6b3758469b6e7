// The world a runtime test stands in: the real Worker, its real database, people who came in by their letters.
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createTRPCClient, httpBatchLink, httpLink, TRPCClientError } from "@trpc/client";
import type { inferRouterOutputs } from "@trpc/server";
import { sql } from "drizzle-orm";
import superjson from "superjson";
import { connect } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { depsOf, nobody } from "../../src/app/deps.ts";
import type { AppRouter } from "../../src/app/router.ts";
import type { RefusalData } from "../../src/app/trpc.ts";
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
      "cf-connecting-ip": options.ip ?? `10.0.${unique() % 250}.${unique() % 250}`,
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

/** What a timer or a sweep is given. */
export function systemDeps(over: Partial<Deps> = {}): Deps {
  return { ...depsOf(env, () => undefined, nobody, { count: 0 }), ...over };
}

/** Straight to the database, for looking behind the API and for arranging what the API forbids. */
export const database = () => connect({ url: String(env.DATABASE_URL) });

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

/** The token of the newest link that was mailed to this address. */
export async function newestToken(email: string): Promise<string> {
  const token = (await lettersTo(email)).findLast((letter) => letter.token !== null)?.token;
  return token ?? (await waitingToken(email));
}

// TEMPORARY until the outbox drains: opens the sealed token of a waiting letter.
async function waitingToken(email: string): Promise<string> {
  const { sealed } = await database().read({
    sealed: raw(
      sql`select sealed_token from letter where to_email = ${email} and sealed_token is not null order by id desc limit 1`,
      (rows) => String(rows[0]?.[0]),
    ),
  });
  return (await systemDeps().sealer.open("letter token v1", sealed)) ?? "";
}

export type Person = { email: string; password: string; token: string; client: Client; userId: `usr_${string}` };

export const passwordOf = (email: string) => `the long word of ${email}`;

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
