import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { afterEach, expect, test, vi } from "vitest";
import { connect } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { askForLink, askForPasswordReset } from "../../src/asking/actions.ts";
import { attemptAt } from "../../src/attempt/actions.ts";
import * as identity from "../../src/identity/actions.ts";
import { AskForLink, SignIn, SignInCandidate, SignUp } from "../../src/identity/contract.ts";
import { limits } from "../../src/identity/policy.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import { Refused } from "../../src/kernel/errors.ts";
import { hashFor, hashPassword, passwordMatches } from "../../src/kernel/secret.ts";
import {
  anteroom,
  type Client,
  database,
  givenInvited,
  givenMember,
  givenOrganization,
  givenPerson,
  givenProject,
  type House,
  lettersTo,
  newEmail,
  refusalOf,
  systemDeps,
  unique,
} from "../support/world.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** How often each answer was given, "through" for calls that were not refused. */
async function answersOf(calls: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const said = await Promise.all(
    calls.map((call) =>
      call.then(
        () => "through",
        async () => (await refusalOf(call)).reason,
      ),
    ),
  );
  const counts: Record<string, number> = {};
  for (const one of said) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
}

/** This many calls begun together, each from a network of its own. */
function together(
  count: number,
  call: (client: Client, nth: number) => Promise<unknown>,
  ip?: (nth: number) => string,
) {
  return Array.from({ length: count }, (_, nth) => call(anteroom(undefined, ip ? { ip: ip(nth) } : {}), nth));
}

const ownNetwork = () => `198.18.${unique() % 250}.${unique() % 250}`;

const { max: perAddress, maxInAll: perAddressInAll } = limits.signIn;

test("of fifty parallel guesses at one address from one network ten are looked at, and its owner still gets in from another", async () => {
  const ada = await givenPerson("ada");
  const ip = ownNetwork();
  const guesses = together(
    50,
    (client, nth) => client.identity.signIn.mutate({ email: ada.email, password: `guess ${nth}` }),
    () => ip,
  );
  expect(await answersOf(guesses)).toEqual({ wrong_credentials: perAddress, slow_down: 50 - perAddress });
  const right = { email: ada.email, password: ada.password };
  expect(await refusalOf(anteroom(undefined, { ip }).identity.signIn.mutate(right))).toMatchObject({
    reason: "slow_down",
    code: "TOO_MANY_REQUESTS",
  });
  const { token } = await anteroom(undefined, { ip: ownNetwork() }).identity.signIn.mutate(right);
  expect(await anteroom(token).identity.me.query()).toMatchObject({ user: { id: ada.userId } });
  // What she knows gives nothing back to whoever guesses.
  expect(await refusalOf(anteroom(undefined, { ip }).identity.signIn.mutate(right))).toMatchObject({
    reason: "slow_down",
  });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + limits.signIn.windowMs + 1 });
  expect(await anteroom(undefined, { ip }).identity.signIn.mutate(right)).toMatchObject({ kind: "user" });
});

test("of guesses from as many networks as there are, a hundred are looked at", async () => {
  const email = newEmail("nobody");
  const ips = Array.from({ length: 13 }, ownNetwork);
  const guesses = together(
    130,
    (client) => client.identity.signIn.mutate({ email, password: "any password" }),
    (nth) => ips[nth % ips.length] ?? "",
  );
  expect(await answersOf(guesses)).toEqual({ wrong_credentials: perAddressInAll, slow_down: 130 - perAddressInAll });
});

test("saboteur: guesses counted by their address alone keep its owner out, and the check says so", async () => {
  const ada = await givenPerson("ada");
  const careless = { ...limits.signIn, name: "careless", maxInAll: perAddress };
  const guessFrom = (ip: string) => {
    const deps = systemDeps({ caller: { ip, country: null, deviceId: null, device: "a test" } });
    return deps.db.write(attemptAt(deps, careless, ada.email).counted);
  };
  const stranger = ownNetwork();
  for (let guess = 0; guess < perAddress; guess += 1) await guessFrom(stranger);
  await expect(guessFrom(ownNetwork())).rejects.toMatchObject({ reason: "slow_down" });
});

test("an unknown address is limited just as a known one is", async () => {
  const email = newEmail("nobody");
  const ip = ownNetwork();
  const guesses = together(
    15,
    (client) => client.identity.signIn.mutate({ email, password: "any password" }),
    () => ip,
  );
  expect(await answersOf(guesses)).toEqual({ wrong_credentials: perAddress, slow_down: 15 - perAddress });
});

test("the right password clears the count of its address", async () => {
  const ada = await givenPerson("ada");
  const right = { email: ada.email, password: ada.password };
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(
      together(9, (client) => refusalOf(client.identity.signIn.mutate({ ...right, password: "wrong" }))),
    );
    await anteroom().identity.signIn.mutate(right);
  }
});

test("letters asked for are limited per address: fifty parallel requests from one network send five, from anywhere fifteen", async () => {
  const ada = await givenPerson("ada");
  const before = (await lettersTo(ada.email)).length;
  const { max, maxInAll } = limits.sign_in;
  const ip = ownNetwork();
  const ask = (client: Client) => client.identity.askForLink.mutate({ email: ada.email });
  expect(await answersOf(together(50, ask, () => ip))).toEqual({ through: max, slow_down: 50 - max });
  expect((await lettersTo(ada.email)).length - before).toBe(max);
  expect(await answersOf(together(50, ask, ownNetwork))).toEqual({
    through: maxInAll - max,
    slow_down: 50 - (maxInAll - max),
  });
  expect((await lettersTo(ada.email)).length - before).toBe(maxInAll);
});

const perNetwork = limits.sign_in.max * 20;

test("one network is limited over all the addresses it tries, counted exactly though all come at once", async () => {
  const ip = ownNetwork();
  const asked = together(
    perNetwork + 30,
    (client, nth) => client.identity.askForLink.mutate({ email: newEmail(`n${nth}`) }),
    () => ip,
  );
  expect(await answersOf(asked)).toEqual({ through: perNetwork, slow_down: 30 });
  expect(await anteroom().identity.askForLink.mutate({ email: newEmail() })).toEqual({ onItsWay: true });
});

test("an IPv6 subscriber's addresses are one network", async () => {
  const subscriber = crypto.randomUUID().slice(0, 4);
  const asked = together(
    perNetwork + 10,
    (client, nth) => client.identity.askForLink.mutate({ email: newEmail(`v6${nth}`) }),
    (nth) => `2001:db8:${subscriber}:1::${nth.toString(16)}`,
  );
  expect(await answersOf(asked)).toEqual({ through: perNetwork, slow_down: 10 });
  const neighbour = anteroom(undefined, { ip: `2001:db8:${subscriber}:2::1` });
  expect(await neighbour.identity.askForLink.mutate({ email: newEmail() })).toEqual({ onItsWay: true });
});

test("counts stand in the database, under keys that tell no address, so that a restart forgets none", async () => {
  const email = newEmail("kept");
  const ip = ownNetwork();
  await anteroom(undefined, { ip }).identity.askForLink.mutate({ email });
  const { keys } = await database().read({
    keys: raw(sql`select key from attempt`, (rows) => new Set(rows.map(([key]) => key))),
  });
  const { sealer } = systemDeps();
  expect(keys).toContain(sealer.blind("attempt ask_for_link target", email));
  expect(keys).toContain(sealer.blind("attempt ask_for_link target from", `${ip} ${email}`));
  expect(keys).toContain(sealer.blind("attempt ask_for_link network", ip));
  for (const plain of [email, ip, hashFor("attempt ask_for_link target", email)]) expect(keys).not.toContain(plain);
});

// Nobody is told that an address is known: the same answer, after the same statements in the same round trips.

type Sent = { answer: unknown; trips: string[][] };

/** What a call answers, and the SQL it sends, trip by trip. */
async function watched(call: (deps: Deps) => Promise<unknown>): Promise<Sent> {
  const trips: string[][] = [];
  const db = connect({
    url: String(env.DATABASE_URL),
    fetch: (url, init) => {
      const { requests } = JSON.parse(String(init?.body));
      trips.push(requests[0].batch.steps.map(({ stmt }: { stmt: { sql: string } }) => stmt.sql));
      return fetch(url, init);
    },
  });
  const deps = systemDeps({
    db,
    caller: { ip: ownNetwork(), country: null, deviceId: null, device: "a test" },
    afterwards: () => undefined,
  });
  const answer = await call(deps).catch((error: unknown) =>
    error instanceof Refused ? error.reason : Promise.reject(error),
  );
  return { answer, trips };
}

const names = { firstName: "No", lastName: "Body" };
const wrong = "not the password at all";

type Asking = (deps: Deps, email: string, organization: string) => Promise<unknown>;

const asking: Readonly<Record<string, Asking>> = {
  signIn: (deps, email) => identity.signIn(deps, SignIn.parse({ email, password: wrong })),
  signInCandidate: (deps, email, organization) =>
    identity.signInCandidate(deps, SignInCandidate.parse({ organization, email, password: wrong })),
  askForLink: (deps, email) => askForLink(deps, AskForLink.parse({ email })),
  "askForLink at an organization": (deps, email, organization) =>
    askForLink(deps, AskForLink.parse({ email, organization })),
  askForPasswordReset: (deps, email) => askForPasswordReset(deps, AskForLink.parse({ email })),
  "askForPasswordReset at an organization": (deps, email, organization) =>
    askForPasswordReset(deps, AskForLink.parse({ email, organization })),
  signUp: (deps, email) =>
    identity.signUp(deps, SignUp.parse({ email, password: "sixteen sparrows on a wire", ...names })),
};

/** Everybody an address may be: of a user who works there, of one who does not, of a candidate, of both. */
async function knownTo(house: House): Promise<Readonly<Record<string, string>>> {
  const project = await givenProject(house);
  const both = await givenMember(house, "recruiter");
  const candidate = { email: both.email, firstName: "Bo", lastName: "Th" };
  await house.owner.client.interview.createAndInvite.mutate({ projectId: project.id, candidate });
  return {
    member: house.owner.email,
    user: (await givenPerson("ada")).email,
    candidate: (await givenInvited(house, project)).email,
    both: both.email,
  };
}

test.each(Object.entries(asking))("%s does and says the same for a known and an unknown address", async (_, ask) => {
  const house = await givenOrganization();
  const { slug } = house.organization;
  const unseen = await watched((deps) => ask(deps, newEmail("nobody"), slug));
  for (const [who, email] of Object.entries(await knownTo(house))) {
    expect(await watched((deps) => ask(deps, email, slug)), who).toEqual(unseen);
  }
  expect(await watched((deps) => ask(deps, newEmail("nobody"), "no-such-house"))).toEqual(unseen);
  expect(unseen.trips.length).toBeGreaterThan(0);
  expect(unseen.trips.length).toBeLessThanOrEqual(2);
});

test("the comparison catches a saboteur who works only for those who are known", async () => {
  const ada = await givenPerson("ada");
  const leaky = async (deps: Deps, email: string) => {
    const { known } = await deps.db.read({ known: identity.userByEmail(email) });
    if (known) await askForLink(deps, { email });
    return { onItsWay: true };
  };
  const seen = await watched((deps) => leaky(deps, ada.email));
  const unseen = await watched((deps) => leaky(deps, newEmail("nobody")));
  expect(unseen).not.toEqual(seen);
});

function medianOf(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const rounds = 11;
const noiseMs = 10;

/** For a busy machine: the statements above are the proof, this is the check that no hashing gives it away. */
function isWithinNoise(known: number, unknown: number): boolean {
  return unknown > known / 2 - noiseMs && unknown < known * 2 + noiseMs;
}

test("the clock catches a saboteur who hashes only the passwords of those who are known", async () => {
  const stored = await hashPassword("sixteen sparrows on a wire");
  const leaky = async (isKnown: boolean) => {
    const start = performance.now();
    await database().read({ one: raw(sql`select 1`, () => undefined) });
    if (isKnown) await passwordMatches(wrong, stored);
    return performance.now() - start;
  };
  const takes = { known: [] as number[], unknown: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    takes.known.push(await leaky(true));
    takes.unknown.push(await leaky(false));
  }
  expect(isWithinNoise(medianOf(takes.known), medianOf(takes.unknown))).toBe(false);
});

test.each(Object.entries(asking))(
  "%s takes as long for an unknown address as for a known one, within noise",
  async (name, ask) => {
    const house = await givenOrganization();
    const { slug } = house.organization;
    const takes = { known: [] as number[], unknown: [] as number[] };
    const candidate = name === "signInCandidate" ? await givenInvited(house, await givenProject(house)) : house.owner;
    for (let round = 0; round < rounds; round += 1) {
      // Interleaved, so that whatever else the machine does falls on both.
      for (const [kind, email] of [["known", candidate.email] as const, ["unknown", newEmail("nobody")] as const]) {
        await database().write([raw(sql`delete from attempt`, () => undefined)]);
        const start = performance.now();
        await watched((deps) => ask(deps, email, slug));
        takes[kind].push(performance.now() - start);
      }
    }
    const [known, unknown] = [medianOf(takes.known), medianOf(takes.unknown)];
    console.log(
      `${name}: unknown / known = ${(unknown / known).toFixed(2)} (medians of ${rounds}, ${known.toFixed(0)} ms)`,
    );
    expect(isWithinNoise(known, unknown)).toBe(true);
  },
);
