// What the schema cannot say to drizzle-kit: triggers. Whatever a list of interviews shows is followed here, so that no write can forget
// to note its change; a test holds them against what the list reads. With those of the timeline and of what text is found by they are all there
// are: `migrate` brings a database's triggers to these. Pure data.
import { textTriggers } from "../search.ts";
import { timelineTriggers } from "./timeline-triggers.ts";

type Row = "old" | "new";
type Changed = { readonly of: string; readonly project: string; readonly subject: string; readonly from?: string };

/** A change takes the place of the last one of its subject: SQLite counts on, and no number is given twice. */
function noted(kind: "interview" | "removed" | "project" | "member", { of, project, subject, from }: Changed): string {
  const which = from ? `in (select ${subject} from ${from})` : `= ${subject}`;
  return `
  delete from change where subject ${which};
  insert into change (organization_id, project_id, kind, subject) select ${of}, ${project}, '${kind}', ${subject}${from ? ` from ${from}` : ""};`;
}

/** What is noted stands in the row itself, but for interviews of which another row tells. */
const itself = (row: Row, project: string, subject: string): Changed => ({
  ...{ of: `${row}.organization_id`, project, subject },
});
const interviewsWhere = (condition: string): Changed => ({
  ...{ of: "organization_id", project: "project_id", subject: "id", from: `interview where ${condition}` },
});
const interviewOf = (row: Row) => itself(row, `${row}.project_id`, `${row}.id`);
const projectOf = (row: Row) => itself(row, `${row}.project_id`, `${row}.project_id`);
const memberOf = (row: Row, column: string) => itself(row, "null", `${row}.${column}`);

type Occasion = "insert" | "delete" | "update" | `update of ${string}`;
type Follow = {
  readonly table: string;
  readonly on: readonly Occasion[];
  readonly does: (row: Row) => string;
};

/** Not followed: what only the system's own work needs (`armed_for`, `remind_at`, `remind_hours`), and the folded copies of the candidate's name and address. */
const shownOfInterview = [
  ...["project_id", "candidate_id", "revision", "status", "previous_status", "version"],
  ...["deadline_at", "opens_at", "invite_at", "due_at", "due_verb", "started_at", "finished_at", "seen_at"],
  ...["accommodations", "labels", "created_at"],
].join(", ");

const shownOfCandidate = "email, email_status, email_dead_since, first_name, last_name, language, time_zone";

const follows: readonly Follow[] = [
  {
    table: "interview",
    on: ["insert", `update of ${shownOfInterview}`],
    does: (row) => noted("interview", interviewOf(row)),
  },
  {
    table: "interview",
    on: ["delete"],
    does: (row) => noted("removed", interviewOf(row)),
  },
  {
    table: "candidate",
    on: [`update of ${shownOfCandidate}`],
    does: () => noted("interview", interviewsWhere("candidate_id = new.id")),
  },
  {
    table: "project",
    on: ["update of name, status"],
    does: (row) => noted("project", itself(row, `${row}.id`, `${row}.id`)),
  },
  {
    table: "criterion",
    on: ["insert", "update", "delete"],
    does: (row) => noted("project", projectOf(row)),
  },
  {
    table: "project_role",
    on: ["insert", "update", "delete"],
    does: (row) => noted("project", projectOf(row)) + noted("member", memberOf(row, "member_id")),
  },
  { table: "member", on: ["update of access, removed_at"], does: (row) => noted("member", memberOf(row, "id")) },
  ...["rating", "veto"].map(
    (table): Follow => ({
      table,
      on: ["insert", "update", "delete"],
      does: (row) => noted("interview", interviewsWhere(`id = ${row}.interview_id`)),
    }),
  ),
];

/** Name and text of every trigger, as the database keeps them. */
export const triggers: ReadonlyMap<string, string> = new Map([
  ...textTriggers,
  ...follows.flatMap(({ table, on, does }) =>
    on.map((occasion) => {
      const name = `${table}_${occasion.split(" ")[0]}_noted`;
      const body = does(occasion === "delete" ? "old" : "new");
      return [name, `CREATE TRIGGER ${name} after ${occasion} on ${table} begin${body}\nend`] as const;
    }),
  ),
  ...timelineTriggers,
]);
