import { expect, test } from "vitest";
import { anteroom, givenOrganization, givenPerson, tripsOf } from "../support/world.ts";

test("somebody signs up by letter and finds themselves inside", async () => {
  const ada = await givenPerson("ada");
  const me = await ada.client.identity.me.query();
  expect(me).toMatchObject({
    user: { email: ada.email, createdAt: expect.any(Date) },
    organizations: [],
    entered: null,
  });
  const again = await anteroom().identity.signIn.mutate({ email: ada.email, password: ada.password });
  expect(again.user.id).toBe(ada.userId);
});

test("an organization comes with its default team and its owner", async () => {
  const house = await givenOrganization();
  expect(house.team).toMatchObject({ isDefault: true, name: "House of Tests" });
  expect(await house.owner.client.organization.get.query()).toEqual(house.organization);
  expect(await tripsOf(house.owner.token, (client) => client.organization.get.query())).toBe(1);
});
