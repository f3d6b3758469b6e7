import fc from "fast-check";
import { expect, test } from "vitest";
import { TimeZone } from "../../src/kernel/shapes.ts";

const zones = Intl.supportedValuesOf("timeZone");

test.each([
  ["Europe/Amsterdam", "Europe/Amsterdam"],
  ["europe/amsterdam", "Europe/Amsterdam"],
  ["AMERICA/NEW_YORK", "America/New_York"],
  ["utc", "UTC"],
  ["Etc/UTC", "UTC"],
  ["us/pacific", "America/Los_Angeles"],
])("the time zone %s is kept as %s", (typed, kept) => {
  expect(TimeZone.parse(typed)).toBe(kept);
});

test.each(["+05:00", "-03", "+0530", "\u221203:00", "", " ", "Mars/Olympus", "UTC+1", "Europe/Amsterdam "])(
  "%j is no time zone",
  (typed) => {
    expect(TimeZone.safeParse(typed).error?.issues).toMatchObject([{ message: "must be an IANA time zone" }]);
  },
);

test("a zone has one name: whatever was typed, what is kept is kept as it is", () => {
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.func(fc.boolean()), (zone, isUpper) => {
      const typed = [...zone].map((sign, at) => (isUpper(at) ? sign.toUpperCase() : sign.toLowerCase())).join("");
      const kept = TimeZone.parse(typed);
      expect(kept).toBe(TimeZone.parse(zone));
      expect(TimeZone.parse(kept)).toBe(kept);
    }),
  );
});
