import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";

const url = "https://api.anteroom.test/trpc/identity.me";
const origin = "https://jobs.example";

test("a page of any origin may ask whether it may call", async () => {
  const headers = {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization",
  };
  const response = await exports.default.fetch(url, { method: "OPTIONS", headers });
  expect(response.status).toBe(204);
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(response.headers.get("access-control-allow-methods")).toContain("POST");
  expect(response.headers.get("access-control-allow-headers")).toBe("authorization");
  expect(Number(response.headers.get("access-control-max-age"))).toBeGreaterThan(0);
});

test.for([
  ["a refusal", {}],
  ["a request that is too large", { method: "POST", body: "x".repeat(300_000) }],
] as const)("a page of any origin may read %s, and its request id", async ([_, init]) => {
  const response = await exports.default.fetch(url, { ...init, headers: { origin } });
  expect(response.ok).toBe(false);
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(response.headers.get("access-control-expose-headers")).toContain("x-request-id");
  expect(response.headers.get("access-control-allow-credentials")).toBeNull();
});
