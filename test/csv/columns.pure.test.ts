import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contactTypes } from "../../src/contact/policy.ts";
import {
  type CandidateCells,
  candidateColumns,
  cellsOf,
  contactColumns,
  guessed,
  writtenCandidateFields,
} from "../../src/csv/columns.ts";
import { candidateFields, contactFields } from "../../src/csv/words.ts";
import { readLine } from "../../src/importing/machine.ts";
import { languages } from "../../src/kernel/shapes.ts";
import { candidateStatuses } from "../../src/record/machine.ts";

/** As the API takes a line of text: it is stored so. */
const line = (max: number) =>
  fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
    .map((text) => text.normalize("NFC").trim())
    .filter((text) => text !== "" && text.length <= max && text.isWellFormed() && !/\p{Cc}/u.test(text));
const day = fc
  .date({ min: new Date("1990-01-01"), max: new Date("2090-01-01"), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10));
const digits = fc.stringMatching(/^\+[1-9]\d{7,12}$/);
const tags = fc.uniqueArray(
  fc.oneof(line(60), fc.constantFrom("a, b", 'the "best"', "one; two", '"', ";", ",", "'=1")),
  { minLength: 1, maxLength: 6 },
);

const externalIds = fc.uniqueArray(
  fc.record({
    system: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,9}$/),
    id: fc.oneof(line(200), fc.constantFrom("a:b", "one; two")),
  }),
  { minLength: 1, maxLength: 4, selector: ({ system, id }) => `${system}:${id}` },
);

const candidate: fc.Arbitrary<CandidateCells> = fc.record(
  {
    ...{ firstName: line(100), lastName: line(100), phone: digits, tags, source: line(100), externalIds },
    ...{ email: fc.stringMatching(/^[a-z]{1,8}@[a-z]{1,8}\.org$/), status: fc.constantFrom(...candidateStatuses) },
    ...{ appliedDate: day, rejectDate: day, hiredDate: day, rating: fc.integer({ min: 0, max: 10 }).map((n) => n / 2) },
    ...{
      language: fc.constantFrom(...languages),
      timeZone: fc.constantFrom("Europe/Amsterdam", "UTC", "America/New_York"),
    },
  },
  { requiredKeys: [] },
);

describe("a row of candidates", () => {
  test("is read as what it was written from", () => {
    fc.assert(
      fc.property(candidate, (values) => {
        const cells = cellsOf(candidateColumns, writtenCandidateFields, values);
        const read = readLine(candidateColumns, writtenCandidateFields, { row: 2, cells, isBroken: false });
        expect(read).toEqual({ row: 2, values, problems: [] });
      }),
      { numRuns: 500 },
    );
  });

  test("says what is wrong with each cell, and nothing of what stands in it", () => {
    const mapping = [...candidateFields.filter((field) => field !== "fullName"), "fullName"] as const;
    const cells = [
      ...["x".repeat(101), "a\u0007b", "nobody", "020 123", "MAYBE", "10/01/2024", "2024-02-30", "soon"],
      ...["5.25", "y".repeat(101), '"', `ats:${"z".repeat(201)}`, "Klingon", "Amsterdam", "Cher"],
    ];
    expect(readLine(candidateColumns, mapping, { row: 7, cells, isBroken: false })).toEqual({
      row: 7,
      values: {},
      problems: [
        ...[
          "too_long",
          "not_text",
          "not_an_address",
          "not_a_phone_number",
          "not_a_status",
          "not_a_date",
          "not_a_date",
          "not_a_date",
        ],
        ...[
          "not_a_rating",
          "too_long",
          "not_tags",
          "not_external_ids",
          "not_a_language",
          "not_a_time_zone",
          "not_a_full_name",
        ],
      ].map((problem, place) => ({ field: mapping[place], problem })),
    });
  });

  // One cell of spaces kept the Worker busy until it was ended, and so every minute the job that was to go on from there.
  test.each([
    ["fullName", `a${" ".repeat(100_000)},,b`],
    ["appliedDate", `${"T00:00".repeat(20_000)}\nx`],
    ["tags", `a${" ".repeat(100_000)}"`],
    ["tags", `a,${" ".repeat(2_000)}"x`],
    ["externalIds", `a,${" ".repeat(2_000)}"x`],
  ] as const)("is read at once where a cell of it, here %s, is as long as a row may be", (field, cell) => {
    const begun = performance.now();
    expect(candidateColumns[field].read(cell)).toHaveProperty("problem");
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  test("is told apart from one whose quotes or columns do not match", () => {
    const read = (cells: string[], isBroken = false) =>
      readLine(candidateColumns, ["email", null], { row: 2, cells, isBroken }).problems;
    expect(read(["j@x.org", "anything"])).toEqual([]);
    expect(read(["j@x.org", "anything", " ", ""])).toEqual([]);
    expect(read(["j@x.org", "", "more", "and more"])).toEqual([{ field: null, problem: "too_many_cells" }]);
    expect(read(["j@x.org"], true)).toEqual([{ field: null, problem: "broken_quotes" }]);
  });

  test.each([
    ["fullName", "Jane van Doe", { firstName: "Jane", lastName: "van Doe" }],
    ["fullName", "van Doe, Jane", { firstName: "Jane", lastName: "van Doe" }],
    ["phone", "0031 (20) 123-45 67", "+31201234567"],
    ["phone", "+31 20 123 45 67", "+31201234567"],
    ["status", "hired", "HIRED"],
    ["appliedDate", "2024-01-10T09:30:00.000Z", "2024-01-10"],
    ["rating", "4,5", 4.5],
    ["tags", "a, b; c;;", ["a", "b", "c"]],
    ["tags", '"a, b"; c, c', ["a, b", "c"]],
    [
      "externalIds",
      "4711, ATS:a:b",
      [
        { system: "import", id: "4711" },
        { system: "ats", id: "a:b" },
      ],
    ],
    ["email", " Jane@X.ORG ", "jane@x.org"],
    ["timeZone", "europe/amsterdam", "Europe/Amsterdam"],
  ] as const)("reads %s as people write it: %s", (field, cell, value) => {
    expect(readLine(candidateColumns, [field], { row: 2, cells: [cell], isBroken: false }).values).toEqual({
      [field]: value,
    });
  });
});

describe("a row of contacts", () => {
  test("is read as what it was written from, the spaces of its notes as well", () => {
    const contact = fc.record(
      {
        ...{ name: line(200), contactType: fc.constantFrom(...contactTypes), phone: digits },
        notes: fc.constantFrom(" two\n lines\n", "=1\n\ttwo", "- a\n- b"),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(contact, (values) => {
        const cells = cellsOf(contactColumns, contactFields, values);
        expect(readLine(contactColumns, contactFields, { row: 2, cells, isBroken: false }).values).toEqual(values);
      }),
    );
  });
});

describe("columns", () => {
  test("are taken for what they are called like, each field once", () => {
    const names = ["E-Mail Address", "first_name", "Surname", "Mobile", "Phone", "Shoe size", "DATE APPLIED"];
    expect(guessed("candidates", names)).toEqual([
      "email",
      "firstName",
      "lastName",
      "phone",
      null,
      null,
      "appliedDate",
    ]);
    expect(guessed("contacts", ["Company", "Type", "Mail", "Tel", "Comments", "Name"])).toEqual([
      ...["name", "contactType", "email", "phone", "notes", null],
    ]);
  });

  test("go by the very names that are written", () => {
    const titles = writtenCandidateFields.map((field) => candidateColumns[field].title);
    expect(guessed("candidates", titles)).toEqual(writtenCandidateFields);
    expect(
      guessed(
        "contacts",
        contactFields.map((field) => contactColumns[field].title),
      ),
    ).toEqual(contactFields);
    for (const [field, { title }] of Object.entries(candidateColumns))
      expect(guessed("candidates", [title])).toEqual([field]);
  });
});
