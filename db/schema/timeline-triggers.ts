// How the timeline of a candidate is kept: whatever is written of one of its sources is an entry in the same transaction, goes with its
// row, and follows when that is another candidate's. A new source is one more line here. Pure data.
import { type TimelineKind, turnOfLetters } from "../../src/timeline/policy.ts";

type Row = "old" | "new";
type Source = {
  readonly table: string;
  readonly kind: TimelineKind;
  readonly at: "at" | "created_at";
  readonly turn: string;
  /** The id of what it belongs to, and of whose timeline it is in; of nobody's where that is null. */
  readonly subject: (row: Row) => string;
  readonly candidate: (row: Row) => string;
  /** It names its candidate itself, and may come to name another. */
  readonly names: boolean;
};

/** What has candidates of its own, and entries that belong to it. */
const subjects = ["interview", "refcheck", "placement", "meeting"] as const;
type Subject = (typeof subjects)[number];

const candidateOf = (subject: Subject) => (row: Row) =>
  `(select candidate_id from ${subject} where id = ${row}.${subject}_id)`;

function eventsOf(subject: Subject): Source {
  return {
    table: `${subject}_event`,
    kind: subject,
    ...{ at: "at", turn: "version" },
    subject: (row) => `${row}.${subject}_id`,
    candidate: candidateOf(subject),
    names: false,
  };
}

const own = { subject: () => "null", candidate: (row: Row) => `${row}.candidate_id`, names: true } as const;
const ofLetters = ["interview", "refcheck", "meeting"] as const;

const sources: readonly Source[] = [
  { table: "candidate_event", kind: "record", at: "at", turn: "version", ...own },
  ...subjects.map(eventsOf),
  {
    table: "letter",
    kind: "letter",
    at: "created_at",
    turn: String(turnOfLetters),
    subject: (row) => `coalesce(${ofLetters.map((subject) => `${row}.${subject}_id`).join(", ")})`,
    candidate: (row) =>
      `coalesce(${[`${row}.candidate_id`, ...ofLetters.map((subject) => candidateOf(subject)(row))].join(", ")})`,
    names: true,
  },
  { table: "note", kind: "note", at: "created_at", turn: "0", ...own },
];

/** Entries of these rows, `new` being one of them. */
function entries({ kind, at, turn, subject, candidate }: Source, from: string): string {
  const place = /^\d/.test(turn) ? turn : `new.${turn}`;
  return `insert into timeline (candidate_id, at, turn, source_id, kind, subject_id, organization_id)
    select candidate.id, new.${at}, ${place}, new.id, '${kind}', ${subject("new")}, candidate.organization_id from ${from}candidate where candidate.id = ${candidate("new")}`;
}

const entryOf = ({ at, candidate }: Source) =>
  `candidate_id = ${candidate("old")} and at = old.${at} and source_id = old.id`;

const insertTrigger = ({ table }: Source) => `${table}_insert_told`;

const trigger = (name: string, when: string, body: string) =>
  [name, `CREATE TRIGGER ${name} after ${when} begin\n  ${body};\nend`] as const;

/** Name and text of every trigger, as the database keeps them. */
export const timelineTriggers: ReadonlyMap<string, string> = new Map([
  ...sources.flatMap((source) => {
    const { table, candidate, names } = source;
    return [
      trigger(insertTrigger(source), `insert on ${table}`, entries(source, "")),
      trigger(`${table}_delete_told`, `delete on ${table}`, `delete from timeline where ${entryOf(source)}`),
      ...(names
        ? [
            trigger(
              `${table}_update_told`,
              `update of candidate_id on ${table}`,
              `update timeline set candidate_id = ${candidate("new")} where ${entryOf(source)}`,
            ),
          ]
        : []),
    ];
  }),
  ...subjects.map((subject) =>
    trigger(
      `${subject}_update_told`,
      `update of candidate_id on ${subject}`,
      "update timeline set candidate_id = new.candidate_id where candidate_id = old.candidate_id and subject_id = new.id",
    ),
  ),
]);

/** By the trigger that writes them from now on: the entries of what was there before it. */
export const timelineFills: ReadonlyMap<string, string> = new Map(
  sources.map((source) => [
    insertTrigger(source),
    `${entries(source, `${source.table} as new cross join `)} on conflict do nothing`,
  ]),
);
