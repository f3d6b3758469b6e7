// What an organization keeps of its candidates besides what everybody does: fields of a type, the values that fit them, and who is found by those.
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { candidateField } from "../../db/schema/index.ts";
import { all, build } from "../../db/statement.ts";
import { changesOf, type FieldRules, type GivenValues } from "../../src/field/policy.ts";
import { type CandidateId, newId } from "../../src/kernel/ids.ts";
import {
  database,
  givenMember,
  givenOrganization,
  type House,
  newEmail,
  refusalOf,
  tripsOf,
} from "../support/world.ts";

type Api = House["owner"]["client"];
type NewField = Parameters<Api["field"]["create"]["mutate"]>[0];
type Values = NonNullable<Parameters<Api["candidate"]["create"]["mutate"]>[0]["customFields"]>;

const person = () => ({ firstName: "Jane", lastName: "Doe", email: newEmail("jane") });
const levels = ["junior", "senior"].map((value) => ({ value, name: `${value} people` }));
const wanted = {
  motto: { type: "text" },
  salary: { type: "number" },
  abroad: { type: "boolean" },
  available: { type: "date" },
  level: { type: "choice", choices: levels },
  shifts: { type: "choices", choices: ["early", "late", "night"].map((value) => ({ value, name: value })) },
  portfolio: { type: "url" },
} as const satisfies Record<string, Omit<NewField, "key" | "name">>;
type Key = keyof typeof wanted;

/** An organization with a field of each type, and the ids of those. */
async function furnished() {
  const own = await givenOrganization();
  const { client } = own.owner;
  const entries: [string, Awaited<ReturnType<Api["field"]["create"]["mutate"]>>][] = [];
  for (const [key, rest] of Object.entries(wanted))
    entries.push([key, await client.field.create.mutate({ key, name: `The ${key}`, ...rest })]);
  const fields = Object.fromEntries(entries) as Record<Key, (typeof entries)[number][1]>;
  const enter = (customFields?: Values) =>
    client.candidate.create.mutate({ user: person(), ...(customFields && { customFields }) });
  const idsBy = async (customField: NonNullable<Parameters<Api["candidate"]["list"]["query"]>[0]>["customField"]) =>
    (await client.candidate.list.query({ customField })).items.map(({ id }) => id);
  return { ...own, client, fields, enter, idsBy };
}

const full = {
  ...{ motto: "Ad Astra", salary: 51_000.5, abroad: false, available: "2031-02-28", level: "senior" },
  ...{ shifts: ["late", "early"], portfolio: "https://example.com/jane" },
};

describe("fields", () => {
  test("are made, renamed, put in order and archived by admins, and read by everybody", async () => {
    const { client, fields, ...own } = await furnished();
    const keys = async () => (await client.field.list.query()).fields.map(({ key }) => key);
    expect(await keys()).toEqual(Object.keys(wanted));
    const edited = await client.field.edit.mutate({ fieldId: fields.motto.id, name: "What they live by" });
    expect(edited).toMatchObject({ key: "motto", name: "What they live by", type: "text", version: 2 });
    const turned = Object.values(fields).reverse();
    const { fields: ordered } = await client.field.setOrder.mutate({ fieldIds: turned.map(({ id }) => id) });
    expect(ordered.map(({ key }) => key)).toEqual(Object.keys(wanted).reverse());
    const short = turned.slice(1).map(({ id }) => id);
    expect(await refusalOf(client.field.setOrder.mutate({ fieldIds: short }))).toMatchObject({ reason: "moved_on" });
    const { archivedAt } = await client.field.archive.mutate({ fieldId: fields.motto.id });
    expect(archivedAt).toBeInstanceOf(Date);
    expect(await keys()).toContain("motto");
    expect(await client.field.restore.mutate({ fieldId: fields.motto.id })).toMatchObject({ archivedAt: null });
    const { client: manager } = await givenMember(own, "hiring_manager");
    expect((await manager.field.list.query()).fields).not.toEqual([]);
  });

  test("have no key that every object has: one candidate's choices under it kept whole lists from being told", async () => {
    const { client } = await furnished();
    for (const key of ["constructor", "prototype"]) {
      const call = client.field.create.mutate({ key, name: "Who made it", type: "choices", choices: levels });
      expect(await refusalOf(call)).toMatchObject({ code: "BAD_REQUEST" });
    }
  });

  test("have keys that nobody else has or had, choices where their type has some, and no more than there is room for", async () => {
    const { client, fields } = await furnished();
    const make = (over: Partial<NewField>) =>
      client.field.create.mutate({ key: "other", name: "Other", type: "text", ...over } as NewField);
    await client.field.archive.mutate({ fieldId: fields.motto.id });
    expect(await refusalOf(make({ key: "motto" }))).toMatchObject({ reason: "field_key_taken" });
    for (const over of [
      { key: "Upper" },
      { key: "__proto__" },
      { key: "9th" },
      { type: "choice" },
      { type: "choices", choices: [] },
      { type: "text", choices: levels },
      { type: "choice", choices: [...levels, ...levels] },
    ] as const)
      expect(await refusalOf(make(over as Partial<NewField>))).toMatchObject({ reason: "bad_input" });
    const noChoices = client.field.edit.mutate({ fieldId: fields.salary.id, choices: levels });
    expect(await refusalOf(noChoices)).toMatchObject({ reason: "bad_input" });
    // Six are open; of 50 who come at once, 44 find room.
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, (_, nth) => make({ key: `more_${nth}` })));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(44);
    expect(await refusalOf(make({ key: "one_more" }))).toMatchObject({ reason: "list_full", facts: { max: 50 } });
    expect(await refusalOf(client.field.restore.mutate({ fieldId: fields.motto.id }))).toMatchObject({
      reason: "list_full",
    });
    expect((await client.field.list.query()).fields).toHaveLength(51);
  });
});

describe("values", () => {
  test("of every type are kept as they were given, changed one by one, and cleared by null", async () => {
    const { client, enter } = await furnished();
    const { id: candidateId } = await enter(full);
    const kept = { ...full, shifts: ["early", "late"] };
    expect((await client.candidate.get.query({ candidateId })).customFields).toEqual(kept);
    const changed = await client.candidate.edit.mutate({ candidateId, customFields: { salary: 0, level: null } });
    const { level: _, ...others } = kept;
    expect(changed.customFields).toEqual({ ...others, salary: 0 });
    const { items } = await client.candidate.list.query({});
    expect(items[0]?.customFields).toEqual({ ...others, salary: 0 });
    const cleared = await client.candidate.edit.mutate({ candidateId, customFields: { shifts: [], motto: null } });
    expect(Object.keys(cleared.customFields).sort()).toEqual(["abroad", "available", "portfolio", "salary"]);
    const rows = build.select().from(candidateField).where(eq(candidateField.candidateId, candidateId));
    const { left } = await database().read({ left: all(rows) });
    expect(left).toHaveLength(4);
    expect((await enter()).customFields).toEqual({});
  });

  test("that do not fit are refused with the key and what is wrong, and nothing is written", async () => {
    const { client, enter, fields } = await furnished();
    await client.field.archive.mutate({ fieldId: fields.motto.id });
    const { id: candidateId } = await enter({ salary: 1 });
    const wrong: readonly [Values, string][] = [
      [{ nothing: 1 }, "unknown"],
      [{ constructor: "x" }, "unknown"],
      [{ motto: "Ad Astra" }, "archived"],
      [{ salary: "much" }, "type"],
      [{ abroad: 1 }, "type"],
      [{ available: "2031-02-29" }, "type"],
      [{ portfolio: "javascript:alert(1)" }, "type"],
      [{ level: "chief" }, "choice"],
      [{ level: ["senior"] }, "type"],
      [{ shifts: "early" }, "type"],
      [{ shifts: ["early", "noon"] }, "choice"],
    ];
    for (const [customFields, problem] of wrong) {
      const [key = ""] = Object.keys(customFields);
      const given = { ...customFields, abroad: customFields.abroad ?? true } as Values;
      const refused = { reason: "field_mismatch", facts: { key, problem } };
      expect(await refusalOf(enter(given))).toMatchObject(refused);
      const edit = client.candidate.edit.mutate({ candidateId, customFields: given });
      expect(await refusalOf(edit)).toMatchObject(refused);
    }
    expect(await client.candidate.get.query({ candidateId })).toMatchObject({ customFields: { salary: 1 } });
    expect((await client.candidate.list.query({})).items).toHaveLength(1);
  });

  test("outlive the renaming and the archiving of their field, and the choice that was taken away", async () => {
    const { client, enter, fields, idsBy } = await furnished();
    const { id: candidateId } = await enter(full);
    await client.field.edit.mutate({ fieldId: fields.motto.id, name: "Words" });
    await client.field.edit.mutate({ fieldId: fields.level.id, choices: [{ value: "junior", name: "Starters" }] });
    await client.field.archive.mutate({ fieldId: fields.salary.id });
    const { customFields } = await client.candidate.get.query({ candidateId });
    expect(customFields).toMatchObject({ motto: "Ad Astra", level: "senior", salary: 51_000.5 });
    expect(await idsBy({ key: "level", equals: "senior" })).toEqual([candidateId]);
    expect(await idsBy({ key: "salary", from: 51_000 })).toEqual([candidateId]);
    // A form sends back all it was shown: what is there already is no change.
    expect(await client.candidate.edit.mutate({ candidateId, customFields })).toMatchObject({ customFields });
    expect(await refusalOf(enter({ level: "senior" }))).toMatchObject({ facts: { problem: "choice" } });
    const cleared = await client.candidate.edit.mutate({ candidateId, customFields: { salary: null, level: null } });
    expect(Object.keys(cleared.customFields)).not.toContain("salary");
  });

  test("that are required are asked of who is entered, and of nobody who was there before", async () => {
    const { client, enter, fields } = await furnished();
    const before = await enter();
    await client.field.edit.mutate({ fieldId: fields.level.id, isRequired: true });
    const missing = { reason: "field_mismatch", facts: { key: "level", problem: "missing" } };
    expect(await refusalOf(enter({ salary: 1 }))).toMatchObject(missing);
    expect(await refusalOf(enter({ level: null }))).toMatchObject(missing);
    const entered = await enter({ level: "junior" });
    const edit = (candidateId: CandidateId, customFields: Values) =>
      client.candidate.edit.mutate({ candidateId, customFields });
    expect(await refusalOf(edit(entered.id, { level: null }))).toMatchObject(missing);
    expect(await edit(before.id, { salary: 2 })).toMatchObject({ customFields: { salary: 2 } });
  });

  test("are found by what they equal in any case, and from and to where their type has an order", async () => {
    const { client, owner, enter, idsBy } = await furnished();
    const one = (await enter({ ...full, abroad: true })).id;
    const other = (await enter({ salary: 10, available: "2031-03-01", shifts: ["night"], abroad: false })).id;
    expect(await idsBy({ key: "motto", equals: "ad ASTRA" })).toEqual([one]);
    expect(await idsBy({ key: "shifts", equals: "late" })).toEqual([one]);
    expect(await idsBy({ key: "abroad", equals: false })).toEqual([other]);
    expect(await idsBy({ key: "salary", from: 10, to: 51_000 })).toEqual([other]);
    expect(await idsBy({ key: "available", to: "2031-02-28" })).toEqual([one]);
    expect(
      await idsBy([
        { key: "salary", from: 0 },
        { key: "abroad", equals: true },
      ]),
    ).toEqual([one]);
    const wrong = [
      [{ key: "nothing", equals: 1 }, "unknown"],
      [{ key: "salary", equals: "10" }, "type"],
      [{ key: "motto", from: "2031-01-01" }, "type"],
      [{ key: "available", from: 10 }, "type"],
    ] as const;
    const { list, listPage } = client.candidate;
    for (const [customField, problem] of wrong)
      for (const { query } of [list, listPage])
        expect(await refusalOf(query({ customField }))).toMatchObject({ reason: "field_mismatch", facts: { problem } });
    const asked = { customField: { key: "salary", from: 1 } };
    expect(await tripsOf(owner.token, ({ candidate }) => candidate.list.query(asked))).toBe(1);
  });

  test("are nobody else's: the same key is another organization's own", async () => {
    const [here, there] = [await furnished(), await furnished()];
    const [mine] = [await here.enter({ motto: "Ad Astra" })];
    await there.enter({ motto: "Ad Astra" });
    expect(await here.idsBy({ key: "motto", equals: "ad astra" })).toEqual([mine.id]);
    const foreign = { candidateId: mine.id, customFields: { motto: "Theirs" } };
    expect(await refusalOf(there.client.candidate.edit.mutate(foreign))).toMatchObject({ reason: "not_found" });
    expect(await refusalOf(there.client.field.archive.mutate({ fieldId: here.fields.motto.id }))).toMatchObject({
      reason: "not_found",
    });
  });
});

describe("at the same moment", () => {
  test("two edits of different fields both stand, and what is shown is what is looked for", async () => {
    const { client, enter, idsBy } = await furnished();
    const { id: candidateId } = await enter({ salary: 1 });
    for (const round of [2, 3, 4]) {
      const edits: Values[] = [{ salary: round }, { motto: `Round ${round}` }, { shifts: ["early"] }, { abroad: true }];
      await Promise.all(edits.map((customFields) => client.candidate.edit.mutate({ candidateId, customFields })));
      const { customFields } = await client.candidate.get.query({ candidateId });
      expect(customFields).toEqual({ salary: round, motto: `Round ${round}`, shifts: ["early"], abroad: true });
      expect(await idsBy({ key: "salary", equals: round })).toEqual([candidateId]);
      expect(await idsBy({ key: "salary", equals: round - 1 })).toEqual([]);
    }
  });

  test("a value never stands in a field that was archived, or in a choice that was taken away, before it was written", async () => {
    const { client, enter, fields } = await furnished();
    const { id: candidateId } = await enter();
    const edits = Array.from({ length: 20 }, (_, nth) =>
      client.candidate.edit.mutate({ candidateId, customFields: { salary: nth + 1 } }).then(
        () => true,
        () => false,
      ),
    );
    await Promise.all([...edits, client.field.archive.mutate({ fieldId: fields.salary.id })]);
    const late = client.candidate.edit.mutate({ candidateId, customFields: { salary: 1_000 } });
    expect(await refusalOf(late)).toMatchObject({ facts: { problem: "archived" } });
  });
});

describe("what becomes of values that are given", () => {
  const rule = (over: Partial<FieldRules>): FieldRules => ({
    ...{ id: newId("fld"), key: "one", type: "text", isRequired: false, choices: [], version: 1, archivedAt: null },
    ...over,
  });

  test("saboteur: fields that take whatever is given are found out", () => {
    const given: GivenValues = { one: 5 };
    expect(changesOf([rule({})], given, {}, false)).toEqual({ key: "one", problem: "type", type: rule({}).type });
    const careless = (fields: readonly FieldRules[], values: GivenValues) =>
      fields.map((field) => ({ field, value: values[field.key] ?? null }));
    expect(careless([rule({})], given)).not.toEqual(changesOf([rule({})], given, {}, false));
  });
});
