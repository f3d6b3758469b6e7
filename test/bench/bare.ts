// The Worker to be measured against: no router, no schema, no builder, no token. It sends one pipeline that was written
// down beforehand, reads the cells by their place, and writes the same bytes as interview.list.
import { availableActions, type State } from "../../src/interview/machine.ts";
import { offeredIn } from "../../src/interview/policy.ts";
import type { ProjectStatus } from "../../src/project/machine.ts";

type Cell = { readonly type: string; readonly value?: string };
type Rows = { readonly rows: readonly (readonly Cell[])[] };
type Answer = {
  readonly results: readonly {
    readonly response: { readonly result: { readonly step_results: Rows[]; readonly step_errors: unknown[] } };
  }[];
};
type Env = { readonly PIPELINE_URL: string; readonly PIPELINE_PARTS: string };

/** BEGIN and the two guards come before, COMMIT after. */
const pageStep = 3;
const totalStep = 4;
const pageSize = 20;
const totalMax = 1_000;
const headers = { "content-type": "application/json" };

let parts: string[] | undefined;

const textOf = (cell: Cell | undefined) => cell?.value ?? null;
const numberOf = (cell: Cell | undefined) => (cell?.value === undefined ? null : Number(cell.value));
const instantOf = (cell: Cell | undefined) => (cell?.value === undefined ? null : new Date(Number(cell.value)));

/** The cells of a row, in the order of the list's columns: a column more there is a name more here. */
function itemOf(cells: readonly Cell[], now: Date) {
  const [
    id,
    ,
    projectId,
    projectName,
    projectStatus,
    candidateId,
    email,
    firstName,
    lastName,
    language,
    timeZone,
    emailStatus,
    emailDeadSince,
    status,
    previousStatus,
    version,
    deadlineAt,
    opensAt,
    inviteAt,
    startedAt,
    finishedAt,
    seenAt,
    accommodations,
    createdAt,
    dueAt,
    dueVerb,
    labels,
    manages,
    evaluationStatus,
    myEvaluationStatus,
    vetoes,
  ] = cells;
  const state = {
    status: textOf(status) as State["status"],
    opensAt: instantOf(opensAt),
    dueAt: instantOf(dueAt),
    dueVerb: textOf(dueVerb) as State["dueVerb"],
  };
  const offered = () => offeredIn(textOf(projectStatus) as ProjectStatus, availableActions(state, "member", now));
  return {
    id: textOf(id),
    projectId: textOf(projectId),
    projectName: textOf(projectName),
    candidate: {
      id: textOf(candidateId),
      email: textOf(email),
      emailStatus: textOf(emailStatus),
      emailDeadSince: instantOf(emailDeadSince),
      firstName: textOf(firstName),
      lastName: textOf(lastName),
      language: textOf(language),
      timeZone: textOf(timeZone),
    },
    status: state.status,
    previousStatus: textOf(previousStatus),
    version: numberOf(version),
    deadlineAt: instantOf(deadlineAt),
    opensAt: state.opensAt,
    inviteAt: instantOf(inviteAt),
    startedAt: instantOf(startedAt),
    finishedAt: instantOf(finishedAt),
    seenAt: instantOf(seenAt),
    accommodations: JSON.parse(textOf(accommodations) ?? "null"),
    createdAt: instantOf(createdAt),
    labels: JSON.parse(textOf(labels) ?? "[]"),
    evaluationStatus: textOf(evaluationStatus),
    myEvaluationStatus: textOf(myEvaluationStatus),
    vetoes: numberOf(vetoes),
    availableActions: numberOf(manages) === 1 ? offered() : [],
  };
}

const instants = ["deadlineAt", "opensAt", "inviteAt", "startedAt", "finishedAt", "seenAt", "createdAt"] as const;

export default {
  async fetch(_request: Request, env: Env): Promise<Response> {
    parts ??= JSON.parse(env.PIPELINE_PARTS) as string[];
    const now = new Date();
    const response = await fetch(env.PIPELINE_URL, {
      method: "POST",
      headers,
      body: parts.join(String(now.getTime())),
    });
    const answer: Answer = await response.json();
    const result = answer.results[0]?.response.result;
    if (!result || result.step_errors.some((error) => error !== null)) return new Response("failed", { status: 500 });
    const rows = result.step_results[pageStep]?.rows ?? [];
    const items = rows.slice(0, pageSize).map((row) => itemOf(row, now));
    const last = rows[pageSize - 1];
    const nextCursor =
      rows.length > pageSize && last
        ? Buffer.from(JSON.stringify(["created desc", numberOf(last.at(-1)), textOf(last[0])])).toString("base64url")
        : null;
    const count = numberOf(result.step_results[totalStep]?.rows[0]?.[0]) ?? 0;
    const total = { count: Math.min(count, totalMax), isCapped: count > totalMax };
    const values: Record<string, readonly ["Date"]> = {};
    for (let index = 0; index < items.length; index += 1) {
      for (const name of instants) if (items[index]?.[name]) values[`items.${index}.${name}`] = ["Date"];
    }
    const data = { json: { items, nextCursor, total }, meta: { values, v: 1 } };
    return new Response(JSON.stringify([{ result: { data } }]), { headers });
  },
};
