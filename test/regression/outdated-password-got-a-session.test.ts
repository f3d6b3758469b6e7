// What broke: a password was compared, and while that took its time another was set; then the outdated one was given a session all
// the same, for thirty days.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { connect } from "../../db/database.ts";
import * as identity from "../../src/identity/actions.ts";
import { acceptInvite } from "../../src/invite/actions.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import { Refused } from "../../src/kernel/errors.ts";
import { passwordMatches } from "../../src/kernel/secret.ts";
import { givenInvite } from "../support/given-invite.ts";
import {
  anteroom,
  givenInvited,
  givenOrganization,
  givenPerson,
  givenProject,
  type House,
  newEmail,
  newestToken,
  systemDeps,
} from "../support/world.ts";

const later = "thirty thrushes in a thicket";

type SigningIn = (deps: Deps) => Promise<unknown>;

/** What a call comes to when this is done after its first trip to the database and before its second. */
async function outcomeWhen(meanwhile: () => Promise<unknown>, call: SigningIn): Promise<string> {
  let trips = 0;
  const db = connect({
    url: String(env.DATABASE_URL),
    fetch: async (url, init) => {
      trips += 1;
      if (trips === 2) await meanwhile();
      return fetch(url, init);
    },
  });
  try {
    await call(systemDeps({ db }));
    return "a session";
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
}

const nothing = async () => undefined;

let house: House;
beforeAll(async () => {
  house = await givenOrganization();
});

describe("a user's password", () => {
  const ways = [
    {
      way: "changed",
      meanwhile: async ({ client, password }: Awaited<ReturnType<typeof givenPerson>>) =>
        client.identity.changePassword.mutate({ current: password, next: later }),
    },
    {
      way: "reset",
      meanwhile: async ({ email }: { email: string }) => {
        await anteroom().identity.askForPasswordReset.mutate({ email });
        await anteroom().identity.resetPassword.mutate({ token: await newestToken(email), password: later });
      },
    },
  ];

  test.each(ways)("that is $way while it is compared signs nobody in", async ({ meanwhile }) => {
    const ada = await givenPerson("ada");
    const signIn: SigningIn = (deps) => identity.signIn(deps, { email: ada.email, password: ada.password });
    expect(await outcomeWhen(nothing, signIn)).toBe("a session");
    expect(await outcomeWhen(() => meanwhile(ada), signIn)).toBe("wrong_credentials");
  });

  test.each(ways)("that is $way while it is compared accepts no invite", async ({ meanwhile }) => {
    const ada = await givenPerson("ada");
    const { held } = await givenInvite(house, { email: ada.email });
    const accept: SigningIn = (deps) => acceptInvite(deps, null, { ...held, password: ada.password });
    expect(await outcomeWhen(() => meanwhile(ada), accept)).toBe("wrong_password");
    expect(await anteroom().invite.validate.query(held)).toMatchObject({ access: "recruiter" });
  });

  test("saboteur: a sign-in that does not ask again when it writes is caught", async () => {
    const ada = await givenPerson("ada");
    const careless: SigningIn = async (deps) => {
      const { found } = await deps.db.read({ found: identity.userByEmail(ada.email) });
      if (!found || !(await passwordMatches(ada.password, found.passwordHash))) throw new Refused("wrong_credentials");
      const user = identity.toUser(found);
      const { statement } = await identity.startUserSession(deps, { user, organizations: [], next: null });
      await deps.db.write([statement]);
    };
    const change = () => ada.client.identity.changePassword.mutate({ current: ada.password, next: later });
    expect(await outcomeWhen(change, careless)).toBe("a session");
  });
});

describe("a candidate's password", () => {
  const password = "eight brown bears in a wood";

  async function givenSigningIn() {
    const invited = await givenInvited(house, await givenProject(house));
    const { client, email, interview } = invited;
    await client.interview.confirm.mutate({ interviewId: interview.id, password });
    const asked = { organization: house.organization.slug, email, password };
    const signIn: SigningIn = (deps) => identity.signInCandidate(deps, asked);
    return { ...invited, signIn };
  }

  test("that is changed while it is compared signs nobody in", async () => {
    const { client, signIn } = await givenSigningIn();
    expect(await outcomeWhen(nothing, signIn)).toBe("a session");
    const change = () => client.candidate.changePassword.mutate({ current: password, next: later });
    expect(await outcomeWhen(change, signIn)).toBe("wrong_credentials");
  });

  test("signs nobody in at an address that is corrected meanwhile", async () => {
    const { interview, signIn } = await givenSigningIn();
    const of = { interviewId: interview.id, email: newEmail("corrected") };
    const correct = () => house.owner.client.invitation.correctAddress.mutate(of);
    expect(await outcomeWhen(correct, signIn)).toBe("wrong_credentials");
  });

  test("signs nobody in who is passed over meanwhile", async () => {
    const { interview, signIn } = await givenSigningIn();
    const skip = () => house.owner.client.interview.skip.mutate({ interviewId: interview.id });
    expect(await outcomeWhen(skip, signIn)).toBe("wrong_credentials");
  });
});

test("of two at once who set a password by two links of one person, one does", async () => {
  const ada = await givenPerson("ada");
  const tokens: string[] = [];
  for (const _ of [1, 2]) {
    await anteroom().identity.askForPasswordReset.mutate({ email: ada.email });
    tokens.push(await newestToken(ada.email));
  }
  const [one = "", two = ""] = tokens;
  const reset = (token: string) => anteroom().identity.resetPassword.mutate({ token, password: later });
  const slower: SigningIn = (deps) => identity.resetPassword(deps, { token: one, password: "a slower password" });
  expect(await outcomeWhen(() => reset(two), slower)).toBe("link_dead");
});
