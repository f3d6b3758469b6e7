import { describe, expect, test } from "vitest";
import { Settings } from "../../src/app/settings.ts";

const read = (POSTMARK_WEBHOOK_SECRET: string | undefined) =>
  Settings.pick({ POSTMARK_WEBHOOK_SECRET: true }).safeParse({ POSTMARK_WEBHOOK_SECRET });

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
