import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contactTypes } from "../../src/contact/policy.ts";
import { tableLine } from "../../src/csv/cell.ts";
import {
  type CandidateCells,
  candidateColumns,
  cellsOf,
  contactColumns,
  guessed,
  type PersonCells,
  writtenCandidateFields,
} from "../../src/csv/columns.ts";
import { byColumn, customFieldOf, customTitle, type NamedField, writeCustom } from "../../src/csv/custom.ts";
import { rowsIn } from "../../src/csv/reading.ts";
import { candidateFields, contactFields } from "../../src/csv/words.ts";
import { type FieldType, type FieldValue, fieldTypes, valuesIn } from "../../src/field/policy.ts";
import { type KnownCandidate, planCandidates, planContacts, readLine } from "../../src/importing/machine.ts";
import { languages, line as textLine } from "../../src/kernel/shapes.ts";
import { candidateStatuses } from "../../src/record/machine.ts";

/** As the API takes a line of text: it is stored so. */
const line = (max: number) =>
  fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
    .map((text) => textLine(max).safeParse(text).data ?? "")
    .filter((text) => text !== "");
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
        expect(read).toEqual({ row: 2, values, customCells: [], problems: [] });
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
      ...{ row: 7, values: {}, customCells: [] },
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
    ["appliedDate", "1.2.2026", "2026-02-01"],
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

const choices = ["blue", "Blue", '"', "a; b"].map((value, nth) => ({ value, name: `Choice ${nth}` }));

/** One of each type, as it is from now on. */
const fieldOf = (type: FieldType): NamedField => ({
  ...{ id: `fld_${type}`, key: type, name: `A ${type}`, type, isRequired: false, version: 1, archivedAt: null },
  choices: type === "choice" || type === "choices" ? choices : [],
});
const fields = fieldTypes.map(fieldOf);
const customs = byColumn(fields);
const chosen = fc.constantFrom(...choices.map(({ value }) => value));
const anyOf: Readonly<Record<FieldType, fc.Arbitrary<FieldValue>>> = {
  ...{ text: fc.oneof(line(500), fc.constantFrom("=1+1", "'", "true", "1,5")), boolean: fc.boolean(), date: day },
  number: fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
  ),
  ...{
    choice: chosen,
    choices: fc.shuffledSubarray(choices, { minLength: 1 }).map((some) => some.map(({ value }) => value)),
  },
  url: fc.webUrl({ withQueryParameters: true }),
};

const look = { goBy: [], earlier: new Map(), onKnown: "update", today: "2026-01-01" } as const;

/** A line of a table, and what comes of it. */
function planOf(
  mapping: readonly (keyof CandidateCells | ReturnType<typeof customFieldOf>)[],
  cells: readonly string[],
  known: KnownCandidate[],
  now = customs,
) {
  const bytes = new TextEncoder().encode(tableLine(cells));
  const rows = rowsIn(bytes, { delimiter: ",", newline: "\n" }, true, 1);
  const lines = rows.map((row) => readLine(candidateColumns, mapping, { ...row, row: 2 }));
  return planCandidates(lines, { ...look, known, customs: now });
}

const jane = { firstName: "Jane", lastName: "Doe", email: "j@x.org" };
const asKnown = (customFields: KnownCandidate["customFields"]): KnownCandidate => ({
  ...{ ...jane, id: "cnd_jane", formerEmails: [], phone: null, source: null, tags: [], externalIds: [] },
  ...{
    language: "en",
    timeZone: "UTC",
    handRating: null,
    status: "APPLIED",
    previousStatus: null,
    rejectDate: null,
    hiredDate: null,
  },
  customFields,
});

describe("custom fields", () => {
  const told = (cells: Partial<Record<FieldType, string>>, has: KnownCandidate["customFields"] = {}, now = customs) => {
    const types = Object.keys(cells) as FieldType[];
    const [plan] = planOf(
      ["email", ...types.map(customFieldOf)],
      [jane.email, ...Object.values(cells)],
      [asKnown(has)],
      now,
    );
    return plan?.change?.customs ? valuesIn(plan.change.customs) : plan?.problems.map(({ problem }) => problem);
  };

  test("that are written come to nothing where they are, with all else of a row, and to the same elsewhere", () => {
    const mapping = [...writtenCandidateFields, ...fieldTypes.map(customFieldOf)];
    const anybody = candidate.map(({ status: _, rejectDate: __, hiredDate: ___, ...told }) => ({ ...jane, ...told }));
    fc.assert(
      fc.property(anybody, fc.record(anyOf, { requiredKeys: [] }), (values, given) => {
        const own = cellsOf(candidateColumns, writtenCandidateFields, values);
        const more = fieldTypes.map((type) => (given[type] === undefined ? "" : writeCustom(given[type])));
        const known = { ...asKnown(given), ...values, handRating: values.rating ?? null };
        expect(planOf(mapping, [...own, ...more], [known])).toMatchObject([{ outcome: "unchanged" }]);
        const [fresh] = planOf(mapping, [...own, ...more], []);
        expect(fresh).toMatchObject({ outcome: "created", fresh: values });
        const { choices: some, ...others } = given;
        const inOrder = choices.flatMap(({ value }) => (Object(some ?? []).includes(value) ? [value] : []));
        expect(valuesIn(fresh?.fresh?.customs ?? [])).toEqual(some ? { ...others, choices: inOrder } : others);
      }),
      { numRuns: 300 },
    );
  });

  test("say of each cell what it is not, and take what people write", () => {
    const bad = { text: "x".repeat(501), number: "1,234", boolean: "maybe", date: "31/12/2024", url: "example.org" };
    expect(told(bad)).toEqual(["too_long", "not_a_number", "not_a_yes_or_no", "not_a_date", "not_a_web_address"]);
    expect(told({ choice: "green", choices: "blue; green" })).toEqual(["not_a_choice", "not_a_choice"]);
    expect(told({ choice: "BLUE" })).toEqual(["not_a_choice"]);
    expect(
      told({ number: "-4,5", boolean: "Yes", date: "2024-01-10T09:30:00Z", choices: "choice 3, blue, blue" }),
    ).toEqual({
      ...{ number: -4.5, boolean: true, date: "2024-01-10", choices: ["blue", '"'].toSpliced(1, 1, "a; b") },
    });
  });

  test("that are archived, or lost a choice, leave whoever has the value as they are, and give it to nobody else", () => {
    const old = byColumn(fields.map((field) => ({ ...field, archivedAt: new Date(0) })));
    expect([told({ text: "a" }, { text: "a" }, old), told({ text: "a" }, { text: "b" }, old)]).toEqual([
      [],
      ["field_archived"],
    ]);
    expect([told({ choice: "red" }, { choice: "red" }), told({ choice: "red" })]).toEqual([[], ["not_a_choice"]]);
    expect(told({ text: "a" }, {}, new Map())).toEqual(["field_archived"]);
  });

  test("have columns that no other field's can be taken for; others are taken by name where only one is called so", () => {
    const named = (key: string, name: string): NamedField => ({ ...fieldOf("text"), key, name });
    const some = [
      named("email", "E-mail"),
      named("shoe_size", "Size"),
      named("hat_size", "Size"),
      named("constructor", "🦢"),
    ];
    const columns = [
      "E-mail",
      "Size",
      "FIELD : email",
      "Shoe size",
      "field: shoe_size",
      "field: none",
      "!",
      "constructor",
    ];
    expect(guessed("candidates", columns, some)).toEqual([
      ...["email", null, "customFields.email", null, "customFields.shoe_size", null, null, "customFields.constructor"],
    ]);
    const titles = [
      ...writtenCandidateFields.map((field) => candidateColumns[field].title),
      ...some.map(({ key }) => customTitle(key)),
    ];
    expect(guessed("candidates", titles, some)).toEqual([
      ...[...writtenCandidateFields, ...some.map(({ key }) => customFieldOf(key))],
    ]);
  });
});

const person = fc.record({
  ...{ firstName: line(100), lastName: line(100), email: fc.constantFrom(null, "jane@acme.org", "jim@acme.org") },
  ...{ phone: fc.option(digits), position: fc.option(fc.oneof(line(200), fc.constantFrom("+1", "a; b", "@x", '"'))) },
});

describe("a row of contacts", () => {
  const contact = fc.record(
    {
      ...{ name: line(200), contactType: fc.constantFrom(...contactTypes), phone: digits },
      notes: fc.constantFrom(" two\n lines\n", "=1\n\ttwo", "- a\n- b"),
      people: fc.array(person, { minLength: 1, maxLength: 6 }),
    },
    { requiredKeys: [] },
  );

  test("is read as what it was written from, the spaces of its notes and the people there as well", () => {
    fc.assert(
      fc.property(contact, (values) => {
        const cells = cellsOf(contactColumns, contactFields, values);
        expect(readLine(contactColumns, contactFields, { row: 2, cells, isBroken: false }).values).toEqual(values);
      }),
    );
  });

  /** What comes of telling of these people at a contact where those are. */
  function peopleOf(told: string, there: readonly PersonCells[]) {
    const lines = [readLine(contactColumns, ["name", "people"], { row: 2, cells: ["Acme", told], isBroken: false })];
    const people = there.map((one, nth) => ({ ...one, id: `per_${nth}` as const }));
    const acme = { id: "con_acme" as const, name: "Acme", contactType: "LEAD", notes: "" };
    const [plan] = planContacts(lines, {
      ...look,
      known: [{ ...acme, primaryEmail: null, primaryPhone: null, people }],
    });
    return plan?.change?.people ?? plan?.problems.map(({ problem }) => problem);
  }

  test("takes people who are there for themselves, whatever they are called, and how many there are of a name", () => {
    fc.assert(
      fc.property(fc.array(person, { minLength: 1, maxLength: 6 }), fc.nat(), (people, turn) => {
        const there = [...people, ...people.slice(0, turn % 3)];
        expect(peopleOf(contactColumns.people.write(there.toReversed()), there)).toEqual([]);
      }),
    );
  });

  test("gives people what it tells, adds those who are new, and takes nobody away", () => {
    const nobody = { email: null, phone: null, position: null };
    const there = [
      { ...nobody, firstName: "Jane", lastName: "Doe", position: "CEO" },
      { ...nobody, firstName: "Jim", lastName: "Roe", email: "jim@acme.org" },
      { ...nobody, firstName: "Ann", lastName: "Poe", email: "ann@acme.org" },
    ];
    expect(
      peopleOf("JANE; Doe; Jane@Acme.org\nJames, Roe, jim@acme.org, 0031 20 123 45 67\r\nAnn; Poe; ann@x.org;;", there),
    ).toEqual({
      added: [{ ...nobody, firstName: "Ann", lastName: "Poe", email: "ann@x.org" }],
      changed: [
        { personId: "per_1", firstName: "James", phone: "+31201234567" },
        { personId: "per_0", firstName: "JANE", email: "jane@acme.org" },
      ],
    });
    expect(["Jane", ";Doe", 'Jane; "Doe', "J; D; ; ; ; more"].map((told) => peopleOf(told, []))).toEqual(
      Array.from({ length: 4 }, () => ["not_people"]),
    );
    expect(peopleOf("Jane; Doe; jane", [])).toEqual(["not_an_address"]);
    const many = Array.from({ length: 200 }, (_, nth) => ({ ...nobody, firstName: "N", lastName: `${nth}` }));
    expect(peopleOf("Jane; Doe", many)).toEqual(["too_many_people"]);
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
