import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";

test("smoke", async () => {
  const r = await exports.default.fetch(
    new Request("http://x/trpc/identity.signUp", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        email: "Ada@Example.com",
        password: "correct horse battery",
        firstName: "Ada",
        lastName: "L",
      }),
    }),
  );
  console.log(r.status, await r.text(), [...r.headers]);
  expect(r.status).toBe(200);
  console.log(env.DATABASE_URL);
});
