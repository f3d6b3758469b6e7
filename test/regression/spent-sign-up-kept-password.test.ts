// What broke: the link of a sign-up kept the new user's password hash for a month after it had been used, through every
// later change of that password.
import { and, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { link } from "../../db/schema/index.ts";
import { all, build } from "../../db/statement.ts";
import { database, givenPerson } from "../support/world.ts";

test("once an account is made, its password is kept with the account alone", async () => {
  const { email } = await givenPerson();
  const signUps = build
    .select({ usedAt: link.usedAt, details: link.details })
    .from(link)
    .where(and(eq(link.email, email), eq(link.purpose, "sign_up")));
  const { rows } = await database().read({ rows: all(signUps) });
  expect(rows).toEqual([{ usedAt: expect.any(Date), details: null }]);
});
