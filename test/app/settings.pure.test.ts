import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { Settings } from "../../src/app/settings.ts";

const read = (POSTMARK_WEBHOOK_SECRET: string | undefined) =>
  z.pick(Settings, { POSTMARK_WEBHOOK_SECRET: true }).safeParse({ POSTMARK_WEBHOOK_SECRET });

describe("the password agreed on with Postmark", () => {
  test.each([undefined, "postmark:seven-wild-geese-over-water"])("may be %j", (value) => {
    expect(read(value).success).toBe(true);
  });

  test.each([
    "postmark",
    "postmark:x",
    ":seven-wild-geese-over-water",
    "postmark:short",
    "postmark:seven wild geese over",
  ])("is not %j, and what is said of it does not repeat it", (value) => {
    const { error } = read(value);
    expect(error?.message).toContain("name:password");
    expect(error?.message).not.toContain(value.slice(-10));
  });
});

const where = (over: { PUBLIC_URL?: string; FRONTEND_ORIGINS?: string | undefined }) => {
  const { PUBLIC_URL = "https://api.example.com", FRONTEND_ORIGINS } = over;
  return z.pick(Settings, { PUBLIC_URL: true, FRONTEND_ORIGINS: true }).safeParse({ PUBLIC_URL, FRONTEND_ORIGINS });
};

describe("the installation's own frontends", () => {
  test.each([
    [undefined, []],
    ["", []],
    [" https://jobs.example.com/ ,, http://localhost:3000", ["https://jobs.example.com", "http://localhost:3000"]],
  ])("of %j are %j", (FRONTEND_ORIGINS, origins) => {
    expect(where({ FRONTEND_ORIGINS }).data?.FRONTEND_ORIGINS).toEqual(origins);
  });

  test.each([
    "jobs.example.com",
    "https://jobs.example.com, careers.example.com",
    "https://jobs.example.com/candidates",
    "http://jobs.example.com",
    "https://ada@jobs.example.com",
    "javascript:alert(1)",
  ])("are not %j: every link would lead nowhere", (FRONTEND_ORIGINS) => {
    expect(where({ FRONTEND_ORIGINS }).error?.issues[0]?.path[0]).toBe("FRONTEND_ORIGINS");
  });
});

describe("where the installation answers", () => {
  test.each(["https://api.example.com", "https://api.example.com/", "http://127.0.0.1:8787"])(
    "may be %j",
    (PUBLIC_URL) => {
      expect(where({ PUBLIC_URL }).data?.PUBLIC_URL).toBe(new URL(PUBLIC_URL).origin);
    },
  );

  test.each([
    "api.example.com",
    "https://example.com/anteroom",
    "https://example.com/?a=1",
    "https://ada:secret@example.com",
    "ftp://example.com",
  ])("is not %j: links are made of an origin alone", (PUBLIC_URL) => {
    expect(where({ PUBLIC_URL }).error?.issues[0]?.path).toEqual(["PUBLIC_URL"]);
  });
});

describe("what looks through documents", () => {
  const at = (SCANNER_URL: string | undefined) =>
    z.pick(Settings, { SCANNER_URL: true }).safeParse({ SCANNER_URL }).success;

  test("is asked over https, or on this very machine", () => {
    const fit = [undefined, "https://scanner.example.com/scan", "http://localhost:3310/scan", "http://127.0.0.1"];
    expect(fit.filter((url) => !at(url))).toEqual([]);
    const unfit = ["scanner", "http://scanner.example.com", "HTTP://scanner.example.com", "ftp://localhost/scan"];
    const disguised = [
      "http://localhost:pw@scanner.example.com",
      "http://localhost.example.com",
      "http://localhost@example.com",
    ];
    expect([...unfit, ...disguised].filter(at)).toEqual([]);
  });
});
