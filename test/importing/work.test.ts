// The work of an import: done once for each row, whoever is cut off in the middle of it, and whoever else is at the same people.
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { contactsKnownBy, namesAreFree } from "../../src/contact/actions.ts";
import { getImport, resumeImports, startImport, workOn } from "../../src/importing/actions.ts";
import type { StartImport } from "../../src/importing/contract.ts";
import { candidatesKnownBy, externalIdsKnown, formerAddressesOf, phonesAreFree } from "../../src/importing/store.ts";
import { after as plus } from "../../src/kernel/clock.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import { type ImportId, newId, type UploadId } from "../../src/kernel/ids.ts";
import type { MemberScope } from "../../src/kernel/scope.ts";
import { givenField } from "../support/field.ts";
import { insertMany } from "../support/many.ts";
import { rowsRead } from "../support/rows-read.ts";
import { givenTable, newHouse, settled } from "../support/table.ts";
import { anteroom, database, givenMember, type House, type Member, refusalOf, systemDeps } from "../support/world.ts";

let house: House;
beforeEach(async () => {
  house = await newHouse();
});

const api = () => house.owner.client;
const people = (text: string) => givenTable(api(), "candidates", text);

/** What it comes to, once it is over. */
const over = (importId: ImportId) => settled(api(), importId);

/** Deps that leave nothing for afterwards. */
const quiet = (over: Partial<Deps> = {}): Deps => ({ ...systemDeps(over), afterwards: () => undefined });

function scopeOf({ userId, memberId, access }: Member): MemberScope {
  return { kind: "member", sessionId: newId("ses"), userId, organizationId: house.organization.id, memberId, access };
}

/** One that was begun, and that nobody but the test works on. */
const held = (uploadId: UploadId, over: Partial<StartImport> = {}, member: Member = house.owner) =>
  startImport(quiet(), scopeOf(member), { uploadId, columns: [], onKnown: "skip", ...over });

type Cut = { readonly crowd: number; readonly atWrite: number; readonly isHeard: boolean };

/** As much of it as is done before whoever works on it is cut off from the database, in the course of this write. */
async function cutOff(importId: ImportId, { crowd, atWrite, isHeard }: Cut): Promise<void> {
  const { db, ...deps } = quiet();
  let writes = 0;
  const write: Database["write"] = async (statements) => {
    writes += 1;
    if (writes < atWrite) return db.write(statements);
    if (isHeard) await db.write(statements);
    throw new Error("cut off");
  };
  await workOn({ ...deps, db: { ...db, write } }, importId, crowd).catch(() => undefined);
}

async function counted() {
  const { id } = house.organization;
  const { found } = await database().read({
    found: raw(
      sql`select (select count(*) from candidate where organization_id = ${id}), (select count(*) from candidate_event where organization_id = ${id}), (select count(*) from candidate_tag where organization_id = ${id}), (select count(*) from import_row where organization_id = ${id})`,
      ([row]) => (row ?? []).map(Number),
    ),
  });
  const [candidates, events, tags, rows] = found;
  return { candidates, events, tags, rows };
}

const anybody = (nth: number) => ({
  ...{ id: newId("cnd"), organization_id: house.organization.id, first_name: "A", last_name: String(nth) },
  ...{ language: "en", time_zone: "UTC", created_at: nth },
});
const company = (nth: number) => ({
  ...{ id: newId("con"), organization_id: house.organization.id, name: `C ${nth}`, name_folded: `c ${nth}` },
  ...{ contact_type: "LEAD", notes: "", created_at: nth },
});

const many = (count: number) =>
  `Name,E-mail,Tags\n${Array.from({ length: count }, (_, nth) => `Ana Number ${nth},ana.${nth}@x.org,one\n`).join("")}`;

describe("the work", () => {
  test("is done once for each row, whoever is cut off in the middle of it and however many go on with it", async () => {
    const cut = fc.record({
      ...{ crowd: fc.integer({ min: 1, max: 9 }), atWrite: fc.integer({ min: 1, max: 4 }), isHeard: fc.boolean() },
    });
    const story = fc.record({
      count: fc.integer({ min: 1, max: 40 }),
      rounds: fc.array(fc.array(cut, { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(story, async ({ count, rounds }) => {
        house = await newHouse();
        const { uploadId } = await people(many(count));
        const { importId } = await held(uploadId);
        for (const workers of rounds) await Promise.all(workers.map((one) => cutOff(importId, one)));
        await Promise.all([workOn(quiet(), importId, 3), workOn(quiet(), importId, 4)]);
        expect(await api().import.get.query({ importId })).toMatchObject({
          ...{ status: "finished", created: count, skipped: 0, repeated: 0, rowsDone: count },
        });
        expect(await counted()).toEqual({ candidates: count, events: count, tags: count, rows: count });
      }),
      { numRuns: 10 },
    );
  }, 60_000);

  test("meets who enters the same people in the same moment, and skips them", async () => {
    const { uploadId } = await people(many(30));
    const { importId } = await held(uploadId);
    const others = Array.from({ length: 10 }, (_, nth) => `ana.${nth * 3}@x.org`);
    const entered = others.map((email) =>
      api()
        .candidate.create.mutate({ user: { firstName: "Ana", lastName: "First", email } })
        .catch(() => null),
    );
    await Promise.all([...entered, workOn(quiet(), importId, 8)]);
    const { created, skipped, status } = await over(importId);
    const byHand = (await Promise.all(entered)).filter((one) => one !== null).length;
    expect({ status, all: created + skipped, skipped }).toEqual({ status: "finished", all: 30, skipped: byHand });
    expect(await counted()).toMatchObject({ candidates: 30, events: 30 });
  });

  test("takes nothing away from who is given another id elsewhere in the same moment", async () => {
    const id = (system: string) => ({ system, id: "4711" });
    const user = { firstName: "Ana", lastName: "First", email: "ana@x.org" };
    const { id: candidateId } = await api().candidate.create.mutate({ user, externalIds: [id("ats")] });
    const { uploadId } = await people("E-mail,External ids\nana@x.org,crm:4711\n");
    const { importId } = await held(uploadId, { onKnown: "update" });
    const { db, ...deps } = quiet();
    let isFirst = true;
    const read: Database["read"] = async (asked) => {
      const found = await db.read(asked);
      if ("goBy" in asked && isFirst) {
        isFirst = false;
        await api().candidate.edit.mutate({ candidateId, externalIds: [id("ats"), id("payroll")] });
      }
      return found;
    };
    await workOn({ ...deps, db: { ...db, read } }, importId);
    const { externalIds } = await api().candidate.get.query({ candidateId });
    expect(externalIds).toEqual([id("ats"), id("payroll"), id("crm")]);
    expect(await over(importId)).toMatchObject({ updated: 1 });
  });

  test("of two files with the same people makes each of them once", async () => {
    const [one, other] = [await people(many(40)), await people(many(40))];
    const jobs = [await held(one.uploadId), await held(other.uploadId)];
    await Promise.all(jobs.map(({ importId }) => workOn(quiet(), importId, 7)));
    const [first, second] = await Promise.all(jobs.map(({ importId }) => over(importId)));
    expect([first?.rowsDone, second?.rowsDone]).toEqual([40, 40]);
    expect((first?.created ?? 0) + (second?.created ?? 0)).toBe(40);
    expect(await counted()).toMatchObject({ candidates: 40, events: 40, tags: 40, rows: 80 });
  });

  test("goes on with the next sweep when its lease is over, and not before", async () => {
    const { uploadId } = await people(many(3));
    const { importId } = await held(uploadId);
    expect((await refusalOf(api().import.start.mutate({ uploadId }))).reason).toBe("import_running");
    await resumeImports(quiet());
    expect(await api().import.get.query({ importId })).toMatchObject({ status: "running", rowsDone: 0 });
    await resumeImports(quiet({ now: () => plus(new Date(), 31_000) }));
    expect(await api().import.get.query({ importId })).toMatchObject({ status: "finished", created: 3 });
  });

  test("ends when the time of one run is up, and the next sweep goes on at once", async () => {
    const { uploadId } = await people(many(10));
    const { importId } = await held(uploadId);
    let looks = 0;
    await workOn(quiet({ now: () => plus(new Date(), looks++ * 3_000) }), importId, 1);
    const listed = async () => (await api().import.list.query({})).items[0];
    const { rowsDone = 0 } = (await listed()) ?? {};
    expect(rowsDone).toBeGreaterThan(0);
    expect(rowsDone).toBeLessThan(10);
    await resumeImports(quiet());
    expect(await listed()).toMatchObject({ status: "finished", created: 10 });
  });

  test("goes on when somebody asks how far it is and nobody works on it; of many who ask at once, one works", async () => {
    const { uploadId } = await people(many(10));
    const { importId } = await held(uploadId);
    await cutOff(importId, { crowd: 4, atWrite: 2, isHeard: false });
    const asked = async () => (await api().import.get.query({ importId })).rowsDone;
    await asked();
    expect(await asked()).toBe(4);
    const left = sql`update import_job set leased_until = null where id = ${importId}`;
    await database().write([raw(left, () => undefined)]);
    const leftOver: Parameters<Deps["afterwards"]>[1][] = [];
    const asker: Deps = { ...quiet(), afterwards: (_, work) => void leftOver.push(work) };
    await Promise.all(Array.from({ length: 5 }, () => getImport(asker, scopeOf(house.owner), { importId })));
    let crowds = 0;
    const { db, ...deps } = quiet();
    const write: Database["write"] = async (statements) => {
      if (statements.length > 1) crowds += 1;
      return db.write(statements);
    };
    await Promise.all(leftOver.map((work) => work({ ...deps, db: { ...db, write } })));
    expect([leftOver.length, crowds]).toEqual([5, 1]);
    expect(await api().import.get.query({ importId })).toMatchObject({ status: "finished", created: 10 });
  });

  test("is left to whoever has got further with it meanwhile", async () => {
    const { uploadId } = await people(many(12));
    const { importId } = await held(uploadId);
    const { db, ...deps } = quiet();
    let writes = 0;
    const write: Database["write"] = async (statements) => {
      writes += 1;
      if (writes === 2) await cutOff(importId, { crowd: 3, atWrite: 1, isHeard: true });
      return db.write(statements);
    };
    await workOn({ ...deps, db: { ...db, write } }, importId, 2);
    expect(writes).toBe(2);
    expect((await api().import.get.query({ importId })).rowsDone).toBe(5);
  });

  test("stops where it is told to, and when whoever started it may not any more; what was imported stays", async () => {
    const { uploadId } = await people(many(10));
    const { importId } = await held(uploadId);
    await cutOff(importId, { crowd: 4, atWrite: 1, isHeard: true });
    const stopped = await api().import.cancel.mutate({ importId });
    expect(stopped).toMatchObject({ status: "canceled", endedWhy: null, created: 4 });
    expect((await refusalOf(api().import.cancel.mutate({ importId }))).reason).toBe("moved_on");
    await workOn(quiet(), importId);
    expect(await api().import.get.query({ importId })).toEqual(stopped);

    const recruiter = await givenMember(house, "recruiter");
    const theirs = await held(uploadId, {}, recruiter);
    await house.owner.client.member.remove.mutate({ memberId: recruiter.memberId });
    await workOn(quiet(), theirs.importId);
    expect(await over(theirs.importId)).toMatchObject({ status: "canceled", endedWhy: "not_allowed", created: 0 });
    expect(await counted()).toMatchObject({ candidates: 4 });
  });

  test("costs one look at the job, and for each crowd a read and a write", async () => {
    await givenField(house, { key: "shoe_size", name: "Shoe size", type: "number" });
    const { uploadId } = await people(many(100).replaceAll(/one$/gm, "one,4").replace("Tags", "Tags,Shoe size"));
    const { importId } = await held(uploadId);
    const { db, ...deps } = quiet();
    let trips = 0;
    const watched: Database = {
      ...db,
      read: (statements) => db.read(statements).finally(() => (trips += 1)),
      write: (statements) => db.write(statements).finally(() => (trips += 1)),
    };
    await workOn({ ...deps, db: watched }, importId, 25);
    expect(await over(importId)).toMatchObject({ created: 100 });
    expect(trips).toBe(9);
    const by = { customField: [{ key: "shoe_size", equals: 4 }], size: 100 };
    expect((await api().candidate.list.query(by)).items).toHaveLength(100);
  });

  test("gives no value of a field that is archived while it runs, and says so of each row", async () => {
    const { id: fieldId } = await givenField(house, { key: "team", name: "Team", type: "text" });
    const { uploadId } = await people(many(6).replaceAll(/one$/gm, "one,red").replace("Tags", "Tags,field: team"));
    const { importId } = await held(uploadId);
    const { db, ...deps } = quiet();
    let crowds = 0;
    const archiving: Database["write"] = async (statements) => {
      crowds += 1;
      // What the second was judged by is no longer so.
      if (crowds === 2) await api().field.archive.mutate({ fieldId });
      return db.write(statements);
    };
    await workOn({ ...deps, db: { ...db, write: archiving } }, importId, 2);
    expect(await over(importId)).toMatchObject({ status: "finished", created: 2, invalid: 4 });
    const { items } = await api().import.rows.query({ importId, outcome: "invalid" });
    const problems = [{ field: "customFields.team", problem: "field_archived" }];
    expect(items).toMatchObject([3, 4, 5, 6].map((nth) => ({ row: nth + 1, problems })));
    expect(await counted()).toMatchObject({ candidates: 2, rows: 6 });
  });

  test("meets who adds people at a contact in the same moment, and adds nobody twice", async () => {
    const acme = await api().contact.create.mutate({ name: "Acme", contactType: "LEAD" });
    const jane = { firstName: "Jane", lastName: "Doe" };
    const { uploadId } = await givenTable(api(), "contacts", 'Name,People\nAcme,"Jane; Doe; jane@acme.org"\n');
    const { importId } = await held(uploadId, { onKnown: "update" });
    const { db, ...deps } = quiet();
    let crowds = 0;
    const adding: Database["write"] = async (statements) => {
      crowds += 1;
      if (crowds === 1) await api().contact.addPerson.mutate({ contactId: acme.id, ...jane });
      return db.write(statements);
    };
    await workOn({ ...deps, db: { ...db, write: adding } }, importId);
    expect(await over(importId)).toMatchObject({ updated: 1 });
    const { people: there } = await api().contact.get.query({ contactId: acme.id });
    expect(there).toMatchObject([{ ...jane, email: "jane@acme.org" }]);
  });

  test("looks up who is known one by one, however many there are", async () => {
    const stranger = (nth: number) => ({ ...anybody(nth), email: `stranger.${nth}@x.org`, phone: `+3120${nth}000000` });
    await database().write([
      ...insertMany(
        "candidate",
        Array.from({ length: 900 }, (_, nth) => stranger(nth + 100)),
      ),
      ...insertMany(
        "contact",
        Array.from({ length: 900 }, (_, nth) => company(nth)),
      ),
    ]);
    const scope = scopeOf(house.owner);
    const cost = (...statements: Parameters<typeof rowsRead>[0]) => rowsRead(statements);
    const known = { emails: ["a@x.org"], phones: ["+31201"] };
    expect(await cost(candidatesKnownBy(scope, known), formerAddressesOf(scope, known))).toBeLessThan(20);
    expect(await cost(externalIdsKnown(scope, [{ system: "ats", id: "1" }]))).toBeLessThan(20);
    expect(await cost(contactsKnownBy(scope, { emails: ["a@x.org"], names: ["nobody"] }))).toBeLessThan(20);
    expect(await cost(phonesAreFree(scope, ["+31201"]), namesAreFree(scope, ["nobody"]))).toBeLessThan(20);
  });

  test("saboteur: work that does not say how far it has come is done twice, and found", async () => {
    const { uploadId } = await givenTable(api(), "contacts", "Name,Type\nAcme,LEAD\nGlobex,LEAD\n");
    const { importId } = await held(uploadId);
    const { db, ...deps } = quiet();
    // Its own two statements come first, and what became of the rows last.
    const forgetful = ((statements) =>
      db.write(statements.slice(2).filter(({ sql: text }) => !text.includes('"import_')))) as Database["write"];
    await workOn({ ...deps, db: { ...db, write: forgetful } }, importId);
    await workOn(quiet(), importId);
    expect(await over(importId)).toMatchObject({ created: 0, skipped: 2 });
  });
});

test("nobody's import is anybody else's, and no hiring manager has any", async () => {
  const { uploadId } = await people(many(1));
  const { importId } = await held(uploadId);
  const stranger = (await newHouse()).owner.client;
  for (const call of [
    () => stranger.import.showUpload.query({ uploadId }),
    () => stranger.import.start.mutate({ uploadId }),
    () => stranger.import.get.query({ importId }),
    () => stranger.import.rows.query({ importId }),
    () => stranger.import.cancel.mutate({ importId }),
  ]) {
    expect((await refusalOf(call())).reason).toBe("not_found");
  }
  const manager = anteroom((await givenMember(house, "hiring_manager")).token);
  expect((await refusalOf(manager.import.list.query({}))).reason).toBe("not_allowed");
});
