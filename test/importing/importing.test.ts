// Tables on their way in: told beforehand, done once whatever interrupts it, and what was left out comes back to be mended.
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { forgetUploads } from "../../src/importing/actions.ts";
import type { StartImport } from "../../src/importing/contract.ts";
import { dayMs, after as plus } from "../../src/kernel/clock.ts";
import type { ImportId, UploadId } from "../../src/kernel/ids.ts";
import { givenField } from "../support/field.ts";
import { givenTable, newHouse, putTable, settled } from "../support/table.ts";
import { givenMember, type House, lettersTo, newEmail, refusalOf, send, systemDeps } from "../support/world.ts";

let house: House;
beforeEach(async () => {
  house = await newHouse();
});

const api = () => house.owner.client;
const people = (text: string) => givenTable(api(), "candidates", text);

/** What it comes to, once it is over. */
const over = (importId: ImportId) => settled(api(), importId);

async function imported(text: string, over: Partial<StartImport> = {}) {
  const { uploadId } = await people(text);
  const { importId } = await api().import.start.mutate({ uploadId, ...over });
  return settled(api(), importId);
}

/** Everybody, the first made first: what an organization is asked for to compare it with itself. */
async function everybody() {
  const { items } = await api().candidate.list.query({ size: 100 });
  return items.map(({ user, source, status, phone, tags, appliedDate, rejectDate, hiredDate, rating }) => ({
    ...{ ...user, source: source?.name ?? null, status, phone, tags, appliedDate, rejectDate, hiredDate, rating },
  }));
}

describe("a table", () => {
  test("that is sent tells how many rows there are and what its columns are called like", async () => {
    const upload = await people("First name;Surname;E-mail;Shoe size\nJane;Doe;j@x.org;38\n\nJim;Roe;r@x.org;44\n");
    expect(upload).toMatchObject({
      ...{ subject: "candidates", name: "people.csv", status: "ready", rows: 2 },
      columns: [
        { name: "First name", field: "firstName" },
        { name: "Surname", field: "lastName" },
        { name: "E-mail", field: "email" },
        { name: "Shoe size", field: null },
      ],
    });
  });

  test("may call its columns whatever it likes: each can be named as it is told", async () => {
    const names = [
      '"Given\nname\tof them"',
      `${"n".repeat(199)} 🦢`,
      " \u0007Family  name",
      "constructor",
      "__proto__",
    ];
    const { uploadId, columns } = await people(`${names.join(";")}\nJane;Doe;Roe;x;j@x.org\n`);
    const [first, last, , ignored, email] = columns.map(({ name }) => name);
    const said = [
      { name: first ?? "", field: "firstName" as const },
      { name: last ?? "", field: "lastName" as const },
      { name: ignored ?? "", field: null },
      { name: email ?? "", field: "email" as const },
    ];
    const { importId } = await api().import.start.mutate({ uploadId, columns: said });
    expect(await over(importId)).toMatchObject({ created: 1 });
    expect(await everybody()).toMatchObject([{ firstName: "Jane", lastName: "Doe", email: "j@x.org" }]);
  });

  test.each([
    ["of another encoding", Buffer.from("Name,E-mail\nJos\xe9,j@x.org\n", "latin1"), { why: "not_utf8", row: 2 }],
    ["without anything in it", Buffer.from("\n \n"), { why: "empty", row: 1 }],
    ["with a quote that is never closed", Buffer.from(`E-mail\n"${"x".repeat(400_000)}`), { why: "row_too_long" }],
    ["of too many rows", Buffer.from(`E-mail\n${"a\n".repeat(50_001)}`), { why: "too_many_rows" }],
  ])("%s is refused at the door, and nothing of it is kept", async (_, bytes, facts) => {
    const upload = await api().import.beginUpload.mutate({ subject: "candidates", name: "x" });
    const response = await putTable(upload.uploadUrl, bytes);
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ reason: "unreadable_table", facts });
    expect(await api().import.showUpload.query(upload)).toMatchObject({ status: "open", rows: 0 });
    expect(await objectsOf(upload.uploadId)).toBe(0);
    expect((await refusalOf(api().import.start.mutate(upload))).reason).toBe("upload_empty");
  });

  test("is sent as often as it takes, the last counts, and none any more once an import has begun", async () => {
    const upload = await api().import.beginUpload.mutate({ subject: "candidates", name: "x" });
    await putTable(upload.uploadUrl, "Name,E-mail\nA B,a@x.org\n");
    await putTable(upload.uploadUrl, "Name,E-mail\nA B,a@x.org\nC D,c@x.org\n");
    expect(await api().import.showUpload.query(upload)).toMatchObject({ rows: 2 });
    expect(await objectsOf(upload.uploadId)).toBe(1);
    const { importId } = await api().import.rehearse.mutate(upload);
    const late = await putTable(upload.uploadUrl, "Name,E-mail\n");
    expect([late.status, await late.json()]).toEqual([409, expect.objectContaining({ reason: "upload_closed" })]);
    expect(await over(importId)).toMatchObject({ created: 2 });
  });

  test("is taken from nobody else: not without its length, too large, by another's address, or when they have left", async () => {
    const recruiter = await givenMember(house, "recruiter");
    const upload = await recruiter.client.import.beginUpload.mutate({ subject: "candidates", name: "x" });
    const answers = async (url: string, bytes: string | Uint8Array<ArrayBuffer>, length?: string) => {
      const response = await putTable(url, bytes, length);
      return `${response.status} ${Object(await response.json()).reason}`;
    };
    expect(await answers(upload.uploadUrl, "")).toBe("415 unreadable_table");
    expect(await answers(upload.uploadUrl, "a", "?")).toBe("411 length_needed");
    expect(await answers(upload.uploadUrl, "a", String(21 * 1_024 * 1_024))).toBe("413 too_large");
    expect(await answers(`${upload.uploadUrl}x`, "a")).toBe("404 not_found");
    await house.owner.client.member.remove.mutate({ memberId: recruiter.memberId });
    expect(await answers(upload.uploadUrl, "E-mail\na@x.org\n")).toMatch(/^401 /);
  });

  test("whose columns do not fit is refused, and how", async () => {
    const { uploadId } = await people("Who,Where,E-mail\nJane,Oslo,j@x.org\n");
    const start = (over: Partial<StartImport>) => refusalOf(api().import.start.mutate({ uploadId, ...over }));
    expect(await start({})).toMatchObject({
      reason: "columns_unfit",
      facts: { missing: ["firstName", "lastName"], twice: [], unknown: [] },
    });
    expect((await start({ columns: [{ name: "Whom", field: "fullName" }] })).facts).toMatchObject({
      unknown: ["Whom"],
    });
    expect((await start({ columns: [{ name: "Who", field: "notes" }] })).facts).toMatchObject({ unknown: ["notes"] });
    const twice = ["Who", "Where"].map((name) => ({ name, field: "fullName" as const }));
    expect((await start({ columns: twice })).facts).toMatchObject({ twice: ["fullName"] });
    expect((await start({ columns: [{ name: "E-mail", field: "source" }], onKnown: "update" })).facts).toMatchObject({
      missing: ["email"],
    });
    const { importId } = await api().import.start.mutate({
      ...{ uploadId, onKnown: "update" },
      columns: [
        { name: "Who", field: "firstName" },
        { name: "Where", field: "lastName" },
      ],
    });
    expect(await over(importId)).toMatchObject({ created: 1 });
  });
});

const mixed = () => {
  const [known, phoned, fresh, once] = [newEmail("known"), newEmail("phoned"), newEmail("fresh"), newEmail("once")];
  const text = [
    "First name,Last name,E-mail,Phone,Status,Applied date,Hired date,Rating,Source,Tags,Language",
    `Jane,Doe,${fresh},+31 20 1234567,HIRED,2024-01-10,2024-02-01,4.5,LinkedIn,"a; b",de`,
    `Kim,Known,${known},+31207654321,,,,,Website,,`,
    `Pat,Phoned,${phoned},+31 20 555 55 55,,,,,,,`,
    `Twice,Told,${fresh.toUpperCase()},,,,,,,,`,
    `Same,Number,${newEmail()},0031201234567,,,,,,,`,
    `,,nobody,,,,,,,,`,
    "",
    `Ola,Once,${once},12,REJECTED,,2024-02-01,9,,,`,
    `Ola,Once,${once},,REJECTED,,,,,,`,
  ].join("\r\n");
  return { text, known, phoned, fresh, once };
};

describe("an import", () => {
  test("makes of each row what its rehearsal said, which wrote nothing", async () => {
    const { text, known, fresh, once } = mixed();
    const user = { firstName: "Kim", lastName: "Before", email: known };
    const kim = await api().candidate.create.mutate({ user, phone: "+31209999999", tags: ["kept"] });
    const pat = await api().candidate.create.mutate({
      ...{ user: { firstName: "P", lastName: "P", email: newEmail() }, phone: "+31205555555" },
    });
    const { uploadId } = await people(text);
    const before = await everybody();
    const asked = { uploadId, onKnown: "update" as const };
    const { importId: rehearsal } = await api().import.rehearse.mutate(asked);
    const told = await over(rehearsal);
    expect(told).toMatchObject({
      ...{ isRehearsal: true, status: "finished", rows: 8, rowsDone: 8 },
      ...{ created: 2, updated: 1, unchanged: 0, skipped: 1, repeated: 2, invalid: 2 },
    });
    expect(await everybody()).toEqual(before);

    const { importId } = await api().import.start.mutate(asked);
    const { created, updated, unchanged, skipped, repeated, invalid } = await over(importId);
    expect(told).toMatchObject({ created, updated, unchanged, skipped, repeated, invalid });
    const [rehearsed, done] = await Promise.all(
      [rehearsal, importId].map((id) => api().import.rows.query({ importId: id, size: 100 })),
    );
    const outcomes = done?.items.map(({ outcome, row, candidateId, ...rest }) => ({
      ...{ row, outcome, candidateId: outcome === "created" ? null : candidateId, ...rest },
    }));
    expect(rehearsed?.items).toEqual(outcomes);
    expect(outcomes).toMatchObject([
      { row: 2, outcome: "created" },
      { row: 3, outcome: "updated", candidateId: kim.id, knownBy: "email" },
      { row: 4, outcome: "skipped", candidateId: pat.id, knownBy: "phone" },
      { row: 5, outcome: "repeated", earlierRow: 2 },
      { row: 6, outcome: "repeated", earlierRow: 2 },
      { row: 7, outcome: "invalid", problems: [{ field: "email", problem: "not_an_address" }] },
      {
        ...{ row: 9, outcome: "invalid" },
        problems: [
          { field: "phone", problem: "not_a_phone_number" },
          { field: "rating", problem: "not_a_rating" },
        ],
      },
      { row: 10, outcome: "created" },
    ]);

    const byEmail = new Map((await everybody()).map((one) => [one.email, one]));
    expect(byEmail.get(fresh)).toMatchObject({
      ...{ firstName: "Jane", status: "HIRED", appliedDate: "2024-01-10", hiredDate: "2024-02-01", rating: 4.5 },
      ...{ source: "LinkedIn", tags: ["a", "b"], phone: "+31201234567" },
    });
    expect(byEmail.get(known)).toMatchObject({
      lastName: "Known",
      source: "Website",
      tags: ["kept"],
      phone: "+31207654321",
    });
    expect(byEmail.get(once)).toMatchObject({ status: "REJECTED", rejectDate: expect.any(String) });
    const hired = (await api().candidate.list.query({ tag: "a" })).items[0];
    const { items } = await api().candidate.events.query({ candidateId: hired?.id ?? "cnd_" });
    expect(items.map(({ verb, from, to, actorId }) => ({ verb, from, to, actorId }))).toEqual([
      { verb: "create", from: null, to: "APPLIED", actorId: house.owner.memberId },
      { verb: "hire", from: "APPLIED", to: "HIRED", actorId: house.owner.memberId },
    ]);
    expect(await lettersTo(fresh)).toEqual([]);
  });

  test("leaves whom the organization knows as they are, unless it is told otherwise", async () => {
    const { text, known } = mixed();
    await api().candidate.create.mutate({ user: { firstName: "Kim", lastName: "Before", email: known } });
    expect(await imported(text)).toMatchObject({ created: 3, updated: 0, skipped: 1, repeated: 2, invalid: 2 });
    expect((await everybody()).find(({ email }) => email === known)).toMatchObject({
      lastName: "Before",
      source: null,
    });
    expect(await imported(text)).toMatchObject({ created: 0, updated: 0, skipped: 6, repeated: 0, invalid: 2 });
    expect(await imported(text, { onKnown: "update" })).toMatchObject({ created: 0, updated: 1, unchanged: 3 });
    expect(await imported(text, { onKnown: "update" })).toMatchObject({ created: 0, updated: 0, unchanged: 4 });
  });

  test("changes who is known and enters who is new of one crowd, with all that each has", async () => {
    await givenField(house, { key: "shoe_size", name: "Shoe size", type: "number" });
    const [known, fresh, second] = [newEmail("known"), newEmail("fresh"), newEmail("second")];
    for (const email of [known, second])
      await api().candidate.create.mutate({ user: { firstName: "H", lastName: "M", email } });
    const rows = [known, fresh, second].map((email, nth) => `${email},H M,t${nth},ats:${nth},REJECTED,${40 + nth}`);
    const text = `E-mail,Full name,Tags,External ids,Status,Shoe size\n${rows.join("\n")}`;
    expect(await imported(text, { onKnown: "update" })).toMatchObject({ created: 1, updated: 2, rowsDone: 3 });
    const { items } = await api().candidate.list.query({ status: "REJECTED" });
    const had = items.map(({ user, tags, externalIds, customFields }) => [
      ...[user?.email, tags, externalIds.map(({ id }) => id), customFields],
    ]);
    expect(had.toSorted()).toEqual(
      [known, fresh, second].map((email, nth) => [email, [`t${nth}`], [`${nth}`], { shoe_size: 40 + nth }]).toSorted(),
    );
  });

  test("takes no step that the machine does not have, and no number that is another's", async () => {
    const [hired, other] = [newEmail(), newEmail()];
    const user = { firstName: "H", lastName: "H", email: hired };
    const { id: candidateId } = await api().candidate.create.mutate({ user });
    await api().candidate.hire.mutate({ candidateId });
    await api().candidate.create.mutate({ user: { ...user, email: other }, phone: "+31203334444" });
    const done = await imported(`E-mail,Status,Phone\n${hired},REJECTED,+31203334444\n`, { onKnown: "update" });
    expect(done).toMatchObject({ invalid: 1 });
    const { items } = await api().import.rows.query(done);
    expect(items[0]).toMatchObject({
      candidateId,
      problems: [
        { field: "phone", problem: "phone_taken" },
        { field: "status", problem: "illegal_step" },
      ],
    });
  });

  test("knows whoever it was merged into by the other's address, once, and what other systems call them", async () => {
    const [email, other, third] = [newEmail("one"), newEmail("other"), newEmail("third")];
    const user = { firstName: "Jane", lastName: "Doe" };
    const make = (address: string, id: string) =>
      api().candidate.create.mutate({ user: { ...user, email: address }, externalIds: [{ system: "ats", id }] });
    const [{ id: candidateId }, { id: otherId }] = [await make(email, "1"), await make(other, "2")];
    const { id: thirdId } = await make(third, "3");
    await api().candidate.merge.mutate({ candidateId, otherId });
    const rows = [`${other},website,crm:9`, `${email},agency,`, `${third},fair,ats:1`, `${newEmail()},fair,ats:3`];
    const done = await imported(`E-mail,Source,External id\n${rows.join("\n")}`, { onKnown: "update" });
    const { items } = await api().import.rows.query(done);
    const taken = [{ field: "externalIds", problem: "external_id_taken" }];
    expect(items).toMatchObject([
      { outcome: "updated", candidateId },
      { outcome: "repeated", earlierRow: 2 },
      { outcome: "invalid", candidateId: thirdId, problems: taken },
      { outcome: "invalid", candidateId: null, problems: taken },
    ]);
    const { externalIds, source } = await api().candidate.get.query({ candidateId });
    expect({ ids: externalIds.map(({ system, id }) => `${system}:${id}`).toSorted(), source }).toEqual({
      ...{ ids: ["ats:1", "ats:2", "crm:9"], source: { name: "website" } },
    });
  });

  test("fills custom fields as its rehearsal said, each as its type asks, and refuses columns that name none", async () => {
    await givenField(house, { key: "shoe_size", name: "Shoe size", type: "number" });
    const { id: fieldId } = await givenField(house, { key: "team", name: "Team", type: "text" });
    const choices = [{ value: "nl", name: "Netherlands" }];
    await givenField(house, { key: "country", name: "Country", type: "choice", isRequired: true, choices });
    const [known, fresh] = [newEmail("known"), newEmail("fresh")];
    const user = { firstName: "Kim", lastName: "Known", email: known };
    const customFields = { country: "nl", team: "red", shoe_size: 38 };
    const { id: candidateId } = await api().candidate.create.mutate({ user, customFields });
    const rows = [`${known},39,red,`, `${fresh},"38,5",,netherlands`, `${newEmail()},big,blue,Belgium`];
    const { uploadId, columns } = await people(`E-mail,Shoe size,field: team,Land\n${rows.join("\n")}`);
    expect(columns.map(({ field }) => field)).toEqual(["email", "customFields.shoe_size", "customFields.team", null]);
    const land = { name: "Land", field: "customFields.country" as const };
    const asked = { uploadId, onKnown: "update" as const, columns: [land] };
    const { importId: rehearsal } = await api().import.rehearse.mutate(asked);
    await over(rehearsal);
    const told = await api().import.rows.query({ importId: rehearsal });
    const missing = ["firstName", "lastName"].map((field) => ({ field, problem: "missing" }));
    expect(told.items).toMatchObject([
      { outcome: "updated", candidateId },
      { outcome: "invalid", problems: missing },
      { outcome: "invalid", problems: [{ field: "customFields.shoe_size", problem: "not_a_number" }] },
    ]);
    const { importId } = await api().import.start.mutate(asked);
    await over(importId);
    expect((await api().import.rows.query({ importId })).items).toEqual(told.items);
    expect((await api().candidate.get.query({ candidateId })).customFields).toEqual({ ...customFields, shoe_size: 39 });
    const found = await api().candidate.list.query({ customField: [{ key: "shoe_size", equals: 39 }] });
    expect(found.items.map(({ id }) => id)).toEqual([candidateId]);

    await api().field.archive.mutate({ fieldId });
    const refused = async (over: Partial<StartImport>) =>
      (await refusalOf(api().import.start.mutate({ ...asked, ...over }))).facts;
    expect(await refused({})).toMatchObject({ unknown: ["field: team"] });
    expect(await refused({ columns: [{ name: "field: team", field: "customFields.none" }] })).toMatchObject({
      unknown: ["customFields.none"],
    });
    const leftOut = await api().import.start.mutate({
      ...asked,
      columns: [land, { name: "field: team", field: null }],
    });
    expect(await over(leftOut.importId)).toMatchObject({ unchanged: 1, invalid: 2 });
  });

  test("is listed, newest first, with its rows by what became of them, in pages", async () => {
    const { text } = mixed();
    const first = await imported(text);
    const second = await imported("Name,E-mail\nJane Doe,j@x.org\n");
    const page = await api().import.list.query({ size: 1 });
    expect(page.items).toEqual([second]);
    const next = await api().import.list.query({ size: 1, cursor: page.nextCursor ?? "" });
    expect(next).toEqual({ items: [first], nextCursor: null });
    const rows = { importId: first.importId, size: 1, outcome: "repeated" as const };
    const one = await api().import.rows.query(rows);
    expect(one.items.map(({ row }) => row)).toEqual([5]);
    const other = await api().import.rows.query({ ...rows, cursor: one.nextCursor ?? "" });
    expect([other.items.map(({ row }) => row), other.nextCursor]).toEqual([[6], null]);
  });

  test("gives back the rows of which nothing came, and why, to be mended and sent again", async () => {
    const { text } = mixed();
    const recruiter = await givenMember(house, "recruiter");
    const done = await imported(text.replace("Pat,Phoned", "=Pat,Phoned"), { onKnown: "skip" });
    const { url } = await recruiter.client.import.leftOut.query(done);
    const response = await send(new Request(url));
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const table = await response.text();
    const lines = table.split("\r\n");
    expect(lines[0]).toMatch(/^\uFEFF?First name,Last name,.*,Why not$/);
    expect(lines.slice(1, -1).map((line) => /,([^,]*)$/.exec(line)?.[1])).toEqual([
      ...["repeated: row 2", "repeated: row 2", "email: not_an_address"],
      '"phone: not_a_phone_number; rating: not_a_rating"',
    ]);
    const mended = await imported(table.replace("nobody", newEmail()).replaceAll(/^,,/gm, "No,Body,"));
    expect(mended).toMatchObject({ rows: 4, created: 1, invalid: 1, skipped: 2 });
    expect(mended.columns.at(-1)).toEqual({ name: "Why not", field: null });
    await house.owner.client.member.remove.mutate({ memberId: recruiter.memberId });
    expect((await send(new Request(url))).status).toBe(401);
  });

  test("gives back every cell of a row that has too many, and says nothing else of it", async () => {
    const done = await imported(
      "Full name;E-mail;Rating;Tags\nAb Cd;j@x.org;one; two;LinkedIn\nCd Ef;k@x.org;4;three\n",
    );
    expect(done).toMatchObject({ created: 1, invalid: 1 });
    const { url } = await api().import.leftOut.query(done);
    const [head, line] = (await (await send(new Request(url))).text()).split("\r\n");
    expect(head).toMatch(/Full name;E-mail;Rating;Tags;Why not$/);
    expect(line).toBe('Ab Cd;j@x.org;one;" two;LinkedIn";too_many_cells');
  });

  test("of contacts knows them by their address, or by their name where they have none", async () => {
    const text = [
      "Company,Type,E-mail,Phone,Notes,People",
      'Acme,client,info@acme.org,+1 555 010 0100,"two\nlines","Jane; Doe; jane@acme.org\nJim; Roe; ; ; CEO"',
      "Acme,lead,,,",
      "ACME,LEAD,,,",
      "Acme,lead,info@acme.org,,",
      "Globex,partner,,,",
      ",lead,x@x.org,,",
      "Initech,CUSTOMER,,,",
    ].join("\n");
    const done = async (over: Partial<StartImport> = {}) => {
      const { uploadId } = await givenTable(api(), "contacts", text);
      const rehearsal = await settled(api(), (await api().import.rehearse.mutate({ uploadId, ...over })).importId);
      const { importId } = await api().import.start.mutate({ uploadId, ...over });
      const its = await settled(api(), importId);
      const { created, updated, unchanged, skipped, repeated, invalid } = its;
      expect(rehearsal).toMatchObject({ created, updated, unchanged, skipped, repeated, invalid });
      return its;
    };
    expect(await done()).toMatchObject({ created: 3, repeated: 2, invalid: 2 });
    const { items } = await api().contact.list.query({ sort: "name" });
    expect(items.map(({ name, contactType, primaryEmail }) => [name, contactType, primaryEmail]).toSorted()).toEqual([
      ["Acme", "CLIENT", "info@acme.org"],
      ["Acme", "LEAD", null],
      ["Initech", "CUSTOMER", null],
    ]);
    expect(await done()).toMatchObject({ created: 0, skipped: 5, invalid: 2 });
    expect(await done({ onKnown: "update" })).toMatchObject({ created: 0, updated: 0, unchanged: 3, repeated: 2 });
    const acme = items.find(({ primaryEmail }) => primaryEmail !== null)?.id ?? "con_";
    await api().contact.edit.mutate({ contactId: acme, notes: "other" });
    expect(await done({ onKnown: "update" })).toMatchObject({ created: 0, updated: 1, unchanged: 2 });
    const after = await api().contact.get.query({ contactId: acme });
    const jim = { firstName: "Jim", lastName: "Roe", email: null, position: "CEO" };
    expect(after).toMatchObject({ notes: "two\nlines", people: [{ firstName: "Jane", email: "jane@acme.org" }, jim] });
    const [jane] = after.people;
    await api().contact.removePerson.mutate({ personId: jane?.id ?? "per_" });
    await api().contact.editPerson.mutate({ personId: after.people[1]?.id ?? "per_", position: "CFO" });
    expect(await done({ onKnown: "update" })).toMatchObject({ created: 0, updated: 1, unchanged: 2 });
    const { people: there } = await api().contact.get.query({ contactId: acme });
    expect(there).toMatchObject([jim, { firstName: "Jane", phone: null }]);
  });

  test("is forgotten after its time, with its file and its rows: who was imported stays", async () => {
    const done = await imported("Name,E-mail\nJane Doe,j@x.org\n,bad\n");
    const unused = await people("Name,E-mail\n");
    await forgetUploads(systemDeps({ now: () => plus(new Date(), 2 * dayMs) }));
    expect(await api().import.showUpload.query(unused)).toMatchObject({ status: "forgotten", columns: [] });
    expect(await objectsOf(done.uploadId)).toBe(1);
    await forgetUploads(systemDeps({ now: () => plus(new Date(), 31 * dayMs) }));
    expect([await objectsOf(done.uploadId), await objectsOf(unused.uploadId)]).toEqual([0, 0]);
    expect(await api().import.get.query(done)).toMatchObject({ created: 1, invalid: 1, columns: [] });
    expect((await api().import.rows.query(done)).items).toEqual([]);
    expect((await refusalOf(api().import.leftOut.query(done))).reason).toBe("not_found");
    expect((await refusalOf(api().import.start.mutate(done))).reason).toBe("upload_closed");
    expect(await everybody()).toHaveLength(1);
  });
});

/** How many objects of the bucket are this upload's. */
async function objectsOf(uploadId: UploadId): Promise<number> {
  const bucket = (env as { readonly RECORDINGS: R2Bucket }).RECORDINGS;
  return (await bucket.list({ prefix: `${house.organization.id}/${uploadId}/` })).objects.length;
}
