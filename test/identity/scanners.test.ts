// Promise 4 against mail scanners: whatever they do, the people they do it to still get in. `npm run scanners` does the same in
// a browser.
import { describe, expect, test } from "vitest";
import { lookers, type Machine, presser } from "../scanners/machines.ts";
import { newUser } from "../support/stage.ts";
import {
  anteroom,
  givenOrganization,
  givenPerson,
  givenProject,
  type House,
  newEmail,
  newestToken,
  origin,
  refusalOf,
  send,
} from "../support/world.ts";

const people = 100;
/** Where a password is made for each of them. */
const some = 25;
const atOnce = 5;
const addressOf = (token: string) => `${origin}/auth/link/${token}/`;

/** A few at a time, so that nobody is refused for coming in a crowd. */
async function forEach<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let first = 0; first < items.length; first += atOnce) {
    await Promise.all(items.slice(first, first + atOnce).map(work));
  }
}

/** People whose letters go through these machines: how many get in all the same, and whose interview stands as it stood. */
async function invitedThrough(house: House, machines: readonly Machine[], count: number) {
  const project = await givenProject(house);
  const emails = Array.from({ length: count }, () => newEmail("candidate"));
  const found = { in: 0, unchanged: 0 };
  await forEach(emails, async (email) => {
    const { interview } = house.owner.client;
    const { id: interviewId, version } = await interview.createAndInvite.mutate({
      ...{ projectId: project.id, candidate: { email, firstName: "Cleo", lastName: "Candidate" } },
    });
    const token = await newestToken(email);
    for (const { scan } of machines) await scan(send, addressOf(token));
    const now = await interview.get.query({ interviewId });
    if (now.status === "invited" && now.version === version) found.unchanged += 1;
    const came = await anteroom()
      .identity.useLink.mutate({ token })
      .catch(() => null);
    const confirmed =
      came &&
      (await anteroom(came.token)
        .interview.confirm.mutate({ interviewId })
        .catch(() => null));
    if (confirmed?.status === "confirmed") found.in += 1;
  });
  return found;
}

test(`HEAD, GET, five GETs at once and the button pressed: ${people} of ${people} invited people still get in, and no status has changed`, async () => {
  const found = await invitedThrough(await givenOrganization(), [...lookers, presser], people);
  expect(found).toEqual({ in: people, unchanged: people });
}, 120_000);

test("saboteur: a machine that confirms for people is seen by what has changed", async () => {
  const confirming: Machine = {
    what: "the button pressed, and what comes after it",
    async scan(_, address) {
      const token = address.split("/").at(-2) ?? "";
      const came = await anteroom().identity.useLink.mutate({ token });
      const interviewId = came.kind === "candidate" ? came.interviewId : null;
      if (interviewId) await anteroom(came.token).interview.confirm.mutate({ interviewId });
    },
  };
  expect(await invitedThrough(await givenOrganization(), [confirming], 2)).toEqual({ in: 0, unchanged: 0 });
});

test("an invitation that machines only looked at can be taken away; one whose button was pressed counts as opened (decision 018)", async () => {
  const house = await givenOrganization();
  const { interview } = house.owner.client;
  const project = await givenProject(house);
  const invitedThen = async (machines: readonly Machine[]) => {
    const email = newEmail("candidate");
    const { id: interviewId } = await interview.createAndInvite.mutate({
      ...{ projectId: project.id, candidate: { email, firstName: "Cleo", lastName: "Candidate" } },
    });
    const token = await newestToken(email);
    for (const { scan } of machines) await scan(send, addressOf(token));
    return interview.remove.mutate({ interviewId });
  };
  await invitedThen(lookers);
  expect(await refusalOf(invitedThen([presser]))).toMatchObject({ reason: "already_opened" });
});

const signers = 10;

/** Members whose sign-in letters go through these machines: how many of those links still sign in. */
async function signInThrough(machines: readonly Machine[]): Promise<{ in: number; inByAskingAgain: number }> {
  const found = { in: 0, inByAskingAgain: 0 };
  const persons = await Promise.all(Array.from({ length: signers }, () => givenPerson("ada")));
  await forEach(persons, async ({ email }) => {
    const ask = async () => {
      await anteroom().identity.askForLink.mutate({ email });
      return newestToken(email);
    };
    const token = await ask();
    for (const { scan } of machines) await scan(send, addressOf(token));
    const came = anteroom().identity.useLink.mutate({ token });
    if (
      await came.then(
        () => true,
        () => false,
      )
    ) {
      found.in += 1;
      return;
    }
    expect(await refusalOf(came)).toMatchObject({ reason: "link_dead" });
    await anteroom().identity.useLink.mutate({ token: await ask() });
    found.inByAskingAgain += 1;
  });
  return found;
}

test("a sign-in link that machines only looked at still signs in", async () => {
  expect(await signInThrough(lookers)).toEqual({ in: signers, inByAskingAgain: 0 });
});

test("a sign-in link whose button a machine pressed is spent, and the next one signs in (decision 005)", async () => {
  expect(await signInThrough([presser])).toEqual({ in: 0, inByAskingAgain: signers });
});

const password = "twenty terns on a trawler";
const names = { firstName: "New", lastName: "Comer" };

type Page = {
  readonly letter: string;
  /** Sends letters with such a link, one to each. */
  readonly lettersFor: (count: number) => Promise<string[]>;
  readonly enter: (email: string, token: string) => Promise<unknown>;
};

/** Every page that asks for something before its button does anything. */
const pages: readonly Page[] = [
  {
    letter: "a sign-up",
    async lettersFor(count) {
      const emails = Array.from({ length: count }, () => newEmail("newcomer"));
      await forEach(emails, async (email) => {
        await anteroom().identity.signUp.mutate({ email, password, ...names });
      });
      return emails;
    },
    enter: (_, token) => anteroom().identity.useLink.mutate({ token, password }),
  },
  {
    letter: "an invite to work there",
    async lettersFor(count) {
      const { owner } = await givenOrganization();
      const emails = Array.from({ length: count }, () => newEmail("colleague"));
      for (let first = 0; first < count; first += 50) {
        const invites = emails.slice(first, first + 50).map((email) => ({ email, access: "recruiter" as const }));
        await owner.client.invite.create.mutate({ invites });
      }
      return emails;
    },
    enter: (email, token) => anteroom().invite.accept.mutate({ email, token, password, ...names }),
  },
  {
    letter: "a new password",
    async lettersFor(count) {
      const users = await Promise.all(Array.from({ length: count }, () => newUser("forgetful")));
      await forEach(users, async ({ email }) => {
        await anteroom().identity.askForPasswordReset.mutate({ email });
      });
      return users.map(({ email }) => email);
    },
    enter: (_, token) => anteroom().identity.resetPassword.mutate({ token, password }),
  },
];

/** How many of so many still get in by their letters, once these machines have been at them. */
async function inThrough(page: Page, machines: readonly Machine[], count: number): Promise<number> {
  let got = 0;
  await forEach(await page.lettersFor(count), async (email) => {
    const token = await newestToken(email);
    for (const { scan } of machines) await scan(send, addressOf(token));
    const isIn = await page.enter(email, token).then(
      () => true,
      () => false,
    );
    if (isIn) got += 1;
  });
  return got;
}

describe("what asks for something before its button does anything survives whatever buttons machines have pressed", () => {
  // Hundreds of passwords are hashed for these.
  test.each(pages)(`$letter: ${some} of ${some} get in`, { timeout: 90_000 }, async (page) => {
    expect(await inThrough(page, [presser], some)).toBe(some);
  });

  // More often than a link's password may be guessed at.
  test.each(pages)("$letter, pressed thirty times", async (page) => {
    const stubborn = Array.from({ length: 30 }, () => presser);
    expect(await inThrough(page, stubborn, 1)).toBe(1);
  });

  test("saboteur: a machine that types is counted as somebody who guesses, and keeps people out", async () => {
    const [signUp] = pages;
    if (!signUp) throw new Error("there is a page for signing up");
    const typist: Machine = {
      what: "the button pressed, with something typed",
      scan: (to, address) =>
        to(new Request(address, { method: "POST", body: new URLSearchParams({ password: "test" }) })),
    };
    expect(
      await inThrough(
        signUp,
        Array.from({ length: 20 }, () => typist),
        1,
      ),
    ).toBe(0);
  });
});
