// What is no text was taken where text is: as a place to go it became another place, and of passwords with a lone surrogate in
// them one opened what the other had locked.
import { expect, test } from "vitest";
import { givenOrganization, givenPerson, newEmail, refusalOf } from "../support/world.ts";

test("a place to go that is not well-formed is refused, not changed into another", async () => {
  const { owner } = await givenOrganization();
  const invites = [{ email: newEmail("invited"), access: "recruiter" as const }];
  expect(await refusalOf(owner.client.invite.create.mutate({ invites, next: "/to\ud800" }))).toMatchObject({
    reason: "bad_input",
  });
});

test.each(["seven wild \ud800 geese", "seven wild \u0000 geese"])("%j is no password", async (next) => {
  const { client, password } = await givenPerson();
  expect(await refusalOf(client.identity.changePassword.mutate({ current: password, next }))).toMatchObject({
    reason: "bad_input",
    issues: [{ path: "next" }],
  });
});
