import fc from "fast-check";
import { expect, test } from "vitest";
import { Phone, TimeZone } from "../../src/kernel/shapes.ts";

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

test.each([
  ["+1-555-0100", "+15550100"],
  ["+31 20 123 45 67", "+31201234567"],
  ["+44 (0) 20-7946.0018", "+4402079460018"],
  ["\uff0b49\u202f30\u2013901820", "+4930901820"],
])("the number %s is kept as %s", (typed, kept) => {
  expect(Phone.parse(typed)).toBe(kept);
  expect(Phone.parse(kept)).toBe(kept);
});

test.each(["555-0100", "+0 555 0100", "+1 555", "+1-555-CALL", "+1234567890123456", "", "+"])(
  "%j is no number that is dialled from anywhere",
  (typed) => {
    expect(Phone.safeParse(typed).success).toBe(false);
  },
);
