import fc from "fast-check";
import { expect, test } from "vitest";
import { Email, InstantIn, PersonName, Phone, phonePart, TimeZone } from "../../src/kernel/shapes.ts";

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
    expect(TimeZone.safeParse(typed).error?.issues).toMatchObject([
      { message: "must be an IANA time zone, such as Europe/Amsterdam" },
    ]);
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
  ["+44 (0) 20-7946.0018", "+442079460018"],
  ["0031 (0)20 123 45 67", "+31201234567"],
  ["\u202a+49 30 901820\u202c", "+4930901820"],
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

test.each([
  ["020 123 45", "2012345"],
  ["0031 (0)20 123", "3120123"],
  ["+31 20", "+3120"],
  ["0012", "0012"],
  ["Noor 2", null],
])("%s is looked for in numbers as %s", (typed, part) => {
  expect(phonePart(typed)).toBe(part);
});

test("what nobody sees is no name, and no part of an address that it was copied with", () => {
  for (const typed of ["\u200b", " \u2060\u200d ", "\u3164", "\u00ad\u202e"])
    expect(PersonName.safeParse(typed).error?.issues).toMatchObject([{ message: "must show something" }]);
  expect(PersonName.parse("مح\u200cمد")).toBe("مح\u200cمد");
  expect(Email.parse("\u200bjane@example.com\ufeff")).toBe("jane@example.com");
});

test("an instant without its zone is refused, and told how one is written", () => {
  for (const typed of ["2027-03-28", "2027-03-28T09:30:00", "2027-03-28 09:30Z", new Date(Number.NaN), 5])
    expect(InstantIn.safeParse(typed).error?.issues).toMatchObject([
      { message: "must be an instant with its zone, such as 2027-03-28T09:30:00Z" },
    ]);
  expect(InstantIn.parse("2027-03-28T11:30:00+02:00")).toEqual(new Date("2027-03-28T09:30:00Z"));
});
