// How the timeline of a candidate is kept: whatever is written of one of its sources is an entry in the same transaction, and goes with its
// row. Every connection to the database reads every trigger, so there are no more than it takes, and none says more than it must (decision
// 037). A new source is one more line here. Pure data.
import { type TimelineKind, turnOfLetters } from "../../src/timeline/policy.ts";

type Source = {
  readonly table: string;
  readonly kind: TimelineKind;
  readonly at: "at" | "created_at";
  readonly turn: string;
  /** The id of what its event belongs to. */
  readonly subject: string;
  /** Whose timeline it is in, and where that is looked up: nothing is found of what is nobody's. */
  readonly whose: string;
  readonly from?: string;
  /** Whose it was when its row goes; rows of a history stay. */
  readonly was?: string;
};

type Subject = "interview" | "refcheck" | "placement" | "meeting";
const candidateOf = (subject: Subject, row: "old" | "new") =>
  `(select candidate_id from ${subject} where id = ${row}.${subject}_id)`;

/** Told of what has a candidate of its own. */
function eventsOf(subject: Subject, over: Partial<Source> = {}): Source {
  return {
    ...{ table: `${subject}_event`, kind: subject, at: "at", turn: "new.version", subject: `new.${subject}_id` },
    ...{ whose: "candidate_id", from: `${subject} where ${subject}.id = new.${subject}_id` },
    ...over,
  };
}

const theirs = { whose: "new.candidate_id" } as const;
const theirsToGo = { ...theirs, was: "old.candidate_id" } as const;

function whoseLetter(row: "old" | "new"): string {
  const subjects = (["interview", "refcheck", "meeting"] as const).map((subject) => candidateOf(subject, row));
  return `coalesce(${[`${row}.candidate_id`, ...subjects].join(", ")})`;
}

const sources: readonly Source[] = [
  { table: "candidate_event", kind: "record", at: "at", turn: "new.version", subject: "null", ...theirs },
  eventsOf("interview", { was: candidateOf("interview", "old") }),
  eventsOf("refcheck"),
  eventsOf("placement", { from: "placement where placement.id = new.placement_id and candidate_id is not null" }),
  eventsOf("meeting"),
  eventsOf("meeting", { table: "feedback_event", kind: "feedback", turn: "0" }),
  { table: "offer_event", kind: "offer", at: "at", turn: "0", subject: "new.offer_id", ...theirs },
  { table: "document_event", kind: "document", at: "at", turn: "0", subject: "new.document_id", ...theirsToGo },
  {
    ...{ table: "letter", kind: "letter", at: "created_at", turn: String(turnOfLetters), subject: "null" },
    ...{ whose: "candidate.id", from: `candidate where candidate.id = ${whoseLetter("new")}`, was: whoseLetter("old") },
  },
  { table: "note", kind: "note", at: "created_at", turn: "0", subject: "null", ...theirsToGo },
];

/** In the order of the table's columns. */
const entryOf = ({ kind, at, turn, subject, whose }: Source) =>
  `insert into timeline select ${whose}, new.${at}, ${turn}, new.id, '${kind}', ${subject}, new.organization_id`;

const nameOf = (table: string, when: "insert" | "delete") => `${table}_${when}_told`;

function trigger(table: string, when: "insert" | "delete", does: string): readonly [string, string] {
  const name = nameOf(table, when);
  return [name, `CREATE TRIGGER ${name} after ${when} on ${table} begin ${does}; end`];
}

/** Name and text of every trigger, as the database keeps them. */
export const timelineTriggers: ReadonlyMap<string, string> = new Map(
  sources.flatMap((source) => {
    const { table, at, from, was } = source;
    const told = trigger(table, "insert", entryOf(source) + (from ? ` from ${from}` : ""));
    if (!was) return [told];
    const its = `candidate_id = ${was} and at = old.${at} and source_id = old.id`;
    return [told, trigger(table, "delete", `delete from timeline where ${its}`)];
  }),
);

/** By the trigger that writes them from now on: the entries of what was there before it. */
export const timelineFills: ReadonlyMap<string, string> = new Map(
  sources.map((source) => {
    const { table, from } = source;
    const rows = from ? `cross join ${from}` : "where true";
    return [nameOf(table, "insert"), `${entryOf(source)} from ${table} as new ${rows} on conflict do nothing`];
  }),
);
