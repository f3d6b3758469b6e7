// Two organizations with many candidates and all that is kept of them: people, jobs and a board come about through the typed client; the rest is
// written into the database's own file while no server has it open, which takes some minutes for a million.
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { getTableColumns, getTableName } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import * as schema from "../../db/schema/index.ts";
import { skillLevels } from "../../src/background/policy.ts";
import { folded } from "../../src/kernel/fold.ts";
import { addressOf, fewCount, givenMember, givenOwner, lettersAreOut, rareName, tokenOf } from "./arrange.ts";

const dayMs = 24 * 3_600_000;
const yearMs = 365 * dayMs;

/** What the addresses of some few hold. */
export const rareDomain = "kiosk.example";
/** What some few can, where they worked, and what is noted of them. */
export const rareSkill = "Sabrage";
export const rareEmployer = "The Lighthouse";
export const rareWord = "marzipan";
/** The beginning of everybody's phone number. */
export const dialCode = "+3120";

const firstNames =
  "Ana Ben Chloe David Elif Femi Greta Hugo Ines Jonas Kim Lena Marco Nadia Omar Petra Quinn Rosa Samir Tuva Uma Viktor Wanda Xenia Yusuf Zoe Adriana Bruno Carmen Dario Emma Finn Giulia Hannah Igor Julia Karim Lucas Mila Noah Olivia Pablo Rania Sofia Tom Vera Willem Yara Anders Bianca".split(
    " ",
  );
const lastNames =
  "Almeida Bakker Costa Dekker Eriksen Fischer Garcia Hansen Ivanova Jansen Kaya Larsen Meyer Novak Okafor Petrov Quist Rossi Silva Tanaka Ueda Visser Weber Xavier Yilmaz Zeman Andersen Berg Conti Dubois Esposito Ferrari Gruber Horvat Ito Jovanovic Kowalski Lopez Moreau Nilsen Olsen Popescu Ramos Schmidt Torres Ulrich Vargas Wagner Young Zhang Aydin Bauer Cohen Duran Evans Fontaine Greco Huber Iversen Jensen Khan Lindberg Martin Nagy Osman Pereira Reyes Santos Toth Urban Varga Wolf".split(
    " ",
  );
const sources = ["LinkedIn", "Careers page", "Referral", "Agency", "Job board", "Campus"];
const tags = [
  "remote",
  "senior",
  "junior",
  "barista",
  "driver",
  "nights",
  "weekends",
  "bilingual",
  "relocates",
  "alumni",
];
const skills =
  "Latte art, Bookkeeping, Forklift driving, TypeScript, SQL, Customer care, Negotiation, First aid, Welding, Photography, Copywriting, Payroll, Cold calling, Excel, Public speaking, Recruiting, Roasting, Scheduling, Carpentry, Translation".split(
    ", ",
  );
const employers =
  "The Corner Cafe, Harbour Roasters, Northern Freight, City Library, Blue Door Bakery, Studio Nine, Green Grocer, Old Mill Hotel, Paper Works, Sunrise Clinic".split(
    ", ",
  );
const occupations =
  "Barista, Shift lead, Driver, Accountant, Developer, Cook, Nurse, Librarian, Designer, Porter".split(", ");

const stageNames = ["Applied", "Spoken to", "On trial", "Hired", "Not now"];

type Ids<Prefix extends string> = `${Prefix}_${string}`;

/** Whom and what a measure asks by. */
export type ScaleHouse = {
  readonly slug: string;
  readonly count: number;
  /** When the first was made, and how long after each the next was. */
  readonly from: number;
  readonly everyMs: number;
  readonly pipelineId: Ids<"pip">;
  readonly stageIds: readonly Ids<"stg">[];
  readonly projects: Readonly<Record<"many" | "few", Ids<"prj">>>;
  readonly roles: Readonly<Record<"many" | "few", Ids<"rol">>>;
};

export type Whom = "owner" | "few" | "many";
const people = { owner: "Olga", few: "Hanna", many: "Hugo" } as const satisfies Record<Whom, string>;

/** Whoever asks, signed in anew: what was arranged may be older than a session lives. */
export async function tokensOf(url: string, { slug }: ScaleHouse): Promise<Readonly<Record<Whom, string>>> {
  const token = (who: Whom) => tokenOf(url, addressOf(people[who], slug));
  return { owner: await token("owner"), few: await token("few"), many: await token("many") };
}

/**
 * Its people, and what its candidates are sent through. The hiring manager `few` sees an interview or a refcheck of as many however large, the
 * one called `many` of nearly all who have any.
 */
export async function givenScaleHouse(url: string, slug: string, count: number): Promise<ScaleHouse> {
  const { anteroom } = await givenOwner(url, slug);
  const person = (who: "few" | "many") =>
    givenMember(url, anteroom, { firstName: people[who], access: "hiring_manager", slug });
  const [few, many] = [await person("few"), await person("many")];
  const template = await anteroom.roleTemplate.create.mutate({
    title: "Barista",
    questionnaire: {
      languages: ["en"],
      questions: [{ key: "else", kind: "text", prompt: { en: "Anything else?" }, isRequired: false }],
    },
  });
  const { id: teamId } = await anteroom.team.create.mutate({ name: "Night shift" });
  await anteroom.team.addMember.mutate({ teamId, memberId: many.memberId });
  // Whoever is invited belongs to the default team: it has the few.
  const roles = {
    many: (await anteroom.role.create.mutate({ roleTemplateId: template.id, teamId })).id,
    few: (await anteroom.role.create.mutate({ roleTemplateId: template.id })).id,
  };
  const project = async (name: string, memberId: Ids<"mem">) => {
    const { id: projectId, revision } = await anteroom.project.create.mutate({ name });
    await anteroom.project.setSteps.mutate({
      projectId,
      revision,
      steps: [{ kind: "question", title: "Why coffee?", answer: { kind: "text" } }],
    });
    await anteroom.project.activate.mutate({ projectId });
    await anteroom.project.assignRole.mutate({ projectId, memberId, role: "interview_manager" });
    return projectId;
  };
  const projects = {
    many: await project("Harbour shop", many.memberId),
    few: await project("Tiny shop", few.memberId),
  };
  const pipeline = await anteroom.pipeline.create.mutate({
    name: "Baristas",
    stages: stageNames.map((name, index) => ({
      name,
      index,
      ends: index === 3 ? ("won" as const) : index === 4 ? ("lost" as const) : null,
    })),
  });
  await lettersAreOut(url);
  return {
    ...{ slug, count, from: Date.now() - yearMs, everyMs: Math.floor(yearMs / count) },
    ...{ pipelineId: pipeline.id, stageIds: pipeline.stages.map(({ id }) => id), projects, roles },
  };
}

/** One of the houses of a database. `nth` tells the ids of one from those of another. */
export type Placed = { readonly house: ScaleHouse; readonly nth: number; readonly isLarge: boolean };

/** An id that begins with its instant, as `src/kernel/ids.ts` makes them, but can be told beforehand. `kind` tells several of one candidate apart. */
function idAt<Prefix extends string>(prefix: Prefix, at: number, { nth }: Placed, i: number, kind = 0): Ids<Prefix> {
  const hex = (number: number, digits: number) => number.toString(16).padStart(digits, "0");
  return `${prefix}_${hex(at, 12)}7${hex(nth, 3)}${hex(kind, 2)}${hex(i, 14)}`;
}

const madeAt = ({ house }: Placed, i: number) => house.from + i * house.everyMs;

/** The candidate behind which that part of all, newest first, lies. */
export function candidateAt(placed: Placed, depth: number): Ids<"cnd"> {
  const i = Math.max(Math.ceil(placed.house.count * (1 - depth)), 1);
  return idAt("cnd", madeAt(placed, i), placed, i);
}

/** The rank of the nth card of a stage: a whole number of seven digits, as `src/kernel/rank.ts` writes one. */
const rankAt = (nth: number) => `g1${String(nth).padStart(6, "0")}`;

/** Of those who came this far, four of ten stand in the first stage, three in the second, and one in each of the others. */
const placedPart = 0.7;
const stageOfTen = [0, 0, 0, 0, 1, 1, 1, 2, 3, 4];

/** The first stage, and the rank behind which about that part of its cards lies. */
export function placeInFirstStage({ house }: Placed, depth: number) {
  const standing = house.count * placedPart * 0.4;
  const [stageId] = house.stageIds;
  if (!stageId) throw new Error("A pipeline has stages.");
  return { stageId, rank: rankAt(Math.floor(standing * depth)) };
}

/** From 0 to less than 1, the same again in every run (mulberry32). */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Write = <Table extends SQLiteTable>(table: Table, row: Table["$inferInsert"]) => void;

/** Writes rows; what the schema gives a value to may be left out. */
function writerTo(db: DatabaseSync): Write {
  function insertionInto(table: SQLiteTable) {
    const columns = Object.entries(getTableColumns(table)).filter(([, column]) => column.generated === undefined);
    const names = columns.map(([, { name }]) => name);
    const values = names.map(() => "?");
    const statement = db.prepare(
      `insert into ${getTableName(table)} (${names.join(", ")}) values (${values.join(", ")})`,
    );
    return { columns, statement };
  }
  const known = new Map<SQLiteTable, ReturnType<typeof insertionInto>>();
  return (table, row) => {
    const insertion = known.get(table) ?? insertionInto(table);
    known.set(table, insertion);
    const given: Readonly<Record<string, unknown>> = row;
    insertion.statement.run(
      ...insertion.columns.map(([key, column]) => {
        const value = given[key] ?? column.default ?? null;
        return (value === null ? null : column.mapToDriverValue(value)) as SQLInputValue;
      }),
    );
  };
}

/** Of a house, what its rows say of others'. */
type Known = {
  readonly organizationId: Ids<"org">;
  readonly memberId: Ids<"mem">;
  readonly teams: Readonly<Record<"many" | "few", Ids<"tem">>>;
};

function knownOf(db: DatabaseSync, { pipelineId, roles }: ScaleHouse): Known {
  const cell = (text: string, id: string) => String(Object.values(db.prepare(text).get(id) ?? {})[0]);
  const organizationId = cell("select organization_id from pipeline where id = ?", pipelineId) as Ids<"org">;
  const memberId = cell("select id from member where organization_id = ? and access = 'owner'", organizationId);
  const teamOf = (roleId: string) => cell("select team_id from role where id = ?", roleId) as Ids<"tem">;
  return {
    organizationId,
    memberId: memberId as Ids<"mem">,
    teams: { many: teamOf(roles.many), few: teamOf(roles.few) },
  };
}

const interviewSteps = [
  { verb: "create", from: null, to: "new", by: "member" },
  { verb: "invite", from: "new", to: "invited", by: "member" },
  { verb: "confirm", from: "invited", to: "confirmed", by: "candidate" },
  { verb: "start", from: "confirmed", to: "interviewing", by: "candidate" },
  { verb: "finish", from: "interviewing", to: "interviewed", by: "candidate" },
] as const;

const hourMs = 3_600_000;
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
const after = (at: number, hours: number) => new Date(at + hours * hourMs);

/** One after the other, each with all that is kept of them. */
function* peopleOf(write: Write, placed: Placed, { organizationId, memberId, teams }: Known) {
  const { house } = placed;
  const chance = chances(placed.nth);
  const oneOf = <One>(list: readonly One[]): One => list[Math.floor(chance() * list.length)] as One;
  const someOf = <One>(list: readonly One[], most: number) => [
    ...new Set(Array.from({ length: most }, () => oneOf(list))),
  ];
  const stretch = Math.max(Math.floor(house.count / fewCount), 2);
  const cards = house.stageIds.map(() => 0);

  for (let i = 1; i <= house.count; i += 1) {
    const at = madeAt(placed, i);
    const isRare = i % stretch === 0;
    const candidateId = idAt("cnd", at, placed, i);
    const own = { organizationId, candidateId };
    const createdAt = new Date(at);
    const firstName = isRare ? rareName : oneOf(firstNames);
    const lastName = oneOf(lastNames);
    const email = `${firstName}.${lastName}.${i}@${i % stretch === 1 ? rareDomain : "people.example"}`.toLowerCase();
    const name = folded(`${firstName} ${lastName}`);
    const drawn = chance();
    const status = drawn < 0.55 ? "APPLIED" : drawn < 0.75 ? "INTERVIEWED" : drawn < 0.95 ? "REJECTED" : "HIRED";
    const wasMet = status === "INTERVIEWED" || status === "HIRED";
    const steps = [
      ["create", null, "APPLIED"] as const,
      ...(wasMet ? [["interview", "APPLIED", "INTERVIEWED"] as const] : []),
      ...(status === "REJECTED" ? [["reject", "APPLIED", "REJECTED"] as const] : []),
      ...(status === "HIRED" ? [["hire", "INTERVIEWED", "HIRED"] as const] : []),
    ];
    const labels = [...someOf(tags, Math.floor(chance() * 3)), ...(isRare ? ["rare"] : [])];
    write(schema.candidate, {
      ...{ id: candidateId, organizationId, email, firstName, lastName, name, status, createdAt, tags: labels },
      phone: `${dialCode}${String(Math.floor(chance() * 10_000_000)).padStart(7, "0")}`,
      ...{ language: "en", timeZone: "Europe/Amsterdam", isKept: true, version: steps.length, appliedDate: dayOf(at) },
      ...(status === "REJECTED" && { rejectDate: dayOf(at + dayMs), previousStatus: "APPLIED" }),
      ...(status === "HIRED" && { hiredDate: dayOf(at + dayMs) }),
      source: isRare ? "A fair" : chance() < 0.7 ? oneOf(sources) : null,
      handRating: isRare ? 5 : chance() < 0.4 ? null : Math.floor(chance() * 10) / 2,
    });
    for (const tag of labels) write(schema.candidateTag, { organizationId, tag, candidateId });
    for (const [nth, [verb, from, to]] of steps.entries()) {
      const happened = after(at, nth * 24);
      const id = idAt("evt", happened.getTime(), placed, i, nth);
      const actor = { actorKind: "member", actorId: memberId } as const;
      write(schema.candidateEvent, {
        ...own,
        ...actor,
        id,
        recordId: candidateId,
        version: nth + 1,
        verb,
        from,
        to,
        at: happened,
      });
    }
    writePast();
    if (chance() < 0.2 || isRare) writeInterview();
    if (chance() < 0.1 || isRare) writeRefcheck();
    if (chance() < 0.05) writeMeeting();
    if (chance() < placedPart) writeCard();
    yield at;

    function writePast(): void {
      if (chance() < 0.5 || isRare) {
        for (const skill of [...someOf(skills, 3), ...(isRare ? [rareSkill] : [])])
          write(schema.skill, { ...own, name: skill, nameFolded: folded(skill), level: oneOf(skillLevels) });
      }
      if (chance() < 0.5 || isRare) {
        const id = idAt("exp", at, placed, i);
        const [occupation, employer] = [oneOf(occupations), isRare ? rareEmployer : oneOf(employers)];
        const worked = { workedFrom: "2021-03", workedTo: "2024-08", description: `Worked at ${employer}.` };
        write(schema.experience, {
          ...own,
          ...worked,
          id,
          occupation,
          employer,
          createdAt,
          employerFolded: folded(employer),
        });
      }
      if (chance() < 0.3) {
        const id = idAt("edu", at, placed, i);
        write(schema.education, {
          ...own,
          id,
          schoolName: "The Harbour School",
          degree: "BA",
          field: "Hospitality",
          createdAt,
        });
      }
      if (chance() < 0.2 || isRare) {
        const text = `Spoke about ${isRare ? rareWord : oneOf(skills).toLowerCase()}, and would come back on a ${oneOf(tags)} day.`;
        write(schema.note, {
          ...own,
          id: idAt("nte", at + hourMs, placed, i),
          memberId,
          ...{ text, textFolded: folded(text) },
          createdAt: after(at, 1),
        });
      }
    }

    function writeInterview(): void {
      const interviewId = idAt("itv", at + hourMs, placed, i);
      const isOver = chance() < 0.7;
      const steps = interviewSteps.slice(0, isOver ? interviewSteps.length : 1);
      write(schema.interview, {
        ...{ ...own, id: interviewId, projectId: house.projects[isRare ? "few" : "many"], revision: 2, run: 1 },
        ...{ status: isOver ? "interviewed" : "new", version: steps.length, labels: [], name, email },
        ...(isOver && { startedAt: after(at, 4), finishedAt: after(at, 5) }),
        createdAt: after(at, 1),
      });
      for (const [nth, { verb, from, to, by }] of steps.entries()) {
        const happened = after(at, 1 + nth);
        write(schema.interviewEvent, {
          ...{ organizationId, interviewId, id: idAt("evt", happened.getTime(), placed, i, nth), version: nth + 1 },
          ...{ verb, from, to, actorKind: by, actorId: by === "member" ? memberId : candidateId, at: happened },
        });
      }
      if (!isOver) return;
      write(schema.letter, {
        ...{ ...own, id: idAt("ltr", at + 2 * hourMs, placed, i), interviewId, urgency: 1, to: email, language: "en" },
        ...{ timeZone: "Europe/Amsterdam", senderName: "Bench", status: "delivered", attempts: 1 },
        content: {
          ...{ kind: "interview_invitation", firstName, organizationName: "Bench", projectName: "Harbour shop" },
          ...{ link: { frontend: "", next: null }, deadlineAt: null },
        },
        ...{ createdAt: after(at, 2), deliveredAt: after(at, 2) },
      });
    }

    function writeRefcheck(): void {
      const which = isRare ? "few" : "many";
      const refcheckId = idAt("rck", at + 2 * hourMs, placed, i);
      write(schema.refcheck, {
        ...{ ...own, id: refcheckId, roleId: house.roles[which], teamId: teams[which], revision: 1 },
        ...{ referencesRequired: 1, referencesOptional: 0, relationships: ["manager"], completeWithinDays: 14 },
        ...{ answersShared: false, progress: "created", status: "created", version: 1, reminders: 0, name, email },
        ...{ createdAt: after(at, 2), createdBy: memberId },
      });
      write(schema.refcheckEvent, {
        ...{ organizationId, refcheckId, id: idAt("evt", at + 2 * hourMs, placed, i, 6), version: 1, verb: "create" },
        ...{ to: "created", actorKind: "member", actorId: memberId, at: after(at, 2) },
      });
    }

    function writeMeeting(): void {
      const meetingId = idAt("mtg", at + 3 * hourMs, placed, i);
      const times = { startsAt: after(at, 48), endsAt: after(at, 49) };
      write(schema.meeting, {
        ...{ ...own, ...times, id: meetingId, title: "A talk", description: "", timeZone: "Europe/Amsterdam" },
        ...{ location: "Room 1", reminderHours: [24], sequence: 0, version: 1, createdBy: memberId },
        createdAt: after(at, 3),
      });
      write(schema.meetingInterviewer, { organizationId, meetingId, memberId, ...times });
      write(schema.meetingEvent, {
        ...{ organizationId, meetingId, id: idAt("evt", at + 3 * hourMs, placed, i, 7), version: 1, verb: "schedule" },
        ...{ actorKind: "member", actorId: memberId, ...times, at: after(at, 3) },
      });
    }

    function writeCard(): void {
      const place = oneOf(stageOfTen);
      const [first, stageId] = [house.stageIds[0], house.stageIds[place]];
      if (!first || !stageId) return;
      const id = idAt("plc", at + hourMs, placed, i);
      cards[place] = (cards[place] ?? 0) + 1;
      const isMoved = place > 0;
      const [put, moved] = [after(at, 1), after(at, 1 + 24 * place)];
      write(schema.placement, {
        ...{ ...own, id, pipelineId: house.pipelineId, stageId, rank: rankAt(cards[place] ?? 0) },
        ...{ version: isMoved ? 2 : 1, enteredAt: isMoved ? moved : put, createdAt: put },
      });
      const event = (nth: number, happened: Date) => {
        const evt = idAt("evt", happened.getTime(), placed, i, 8 + nth);
        return { organizationId, placementId: id, memberId, id: evt, version: nth + 1, at: happened };
      };
      write(schema.placementEvent, { ...event(0, put), verb: "put", toStageId: first });
      if (!isMoved) return;
      const way = { fromStageId: first, toStageId: stageId, stayedMs: moved.getTime() - put.getTime() };
      write(schema.placementEvent, { ...event(1, moved), ...way, verb: "move" });
    }
  }
}

/**
 * Fills the houses of one database, as if all had been entered as time went by: of each, the rows lie among those of the others. What is rare
 * is as much of each however large, and evenly spread.
 */
export function fillScale(folder: string, houses: readonly Placed[]): void {
  const db = new DatabaseSync(join(folder, "database/dbs/default/data"));
  db.exec("pragma synchronous = off; pragma cache_size = -1000000; pragma temp_store = memory");
  // Made anew at the end, from what is sorted once, in a tenth of the time. Triggers need that of changes meanwhile, and what refers to an id its own.
  const indexes = db
    .prepare(
      "select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name <> 'change' and name not like '%_id_unique'",
    )
    .all();
  db.exec("begin");
  for (const { name } of indexes) db.exec(`drop index "${name}"`);
  const write = writerTo(db);
  const walks = houses.map((placed) => ({ people: peopleOf(write, placed, knownOf(db, placed.house)), at: 0 }));
  for (let left = walks; left.length > 0; ) {
    const next = left.reduce((one, other) => (other.at < one.at ? other : one));
    const { value, done } = next.people.next();
    if (done) left = left.filter((one) => one !== next);
    else next.at = value;
  }
  for (const { sql } of indexes) db.exec(String(sql));
  db.exec("commit; pragma wal_checkpoint(truncate)");
  db.close();
}
