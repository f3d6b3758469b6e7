import { and, desc, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import { refcheck, refcheckEvent, role, team, teamMember } from "../../db/schema/index.ts";
import { contains } from "../../db/search.ts";
import { all, build, cell, raw, type Statement } from "../../db/statement.ts";
import { idSpan, type RefcheckId } from "../kernel/ids.ts";
import { hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import { isWaiting, reachesRefcheck, staffRefchecks } from "../refcheck/actions.ts";
import type { ListRefchecks, SummarizeRefchecks } from "../refcheck/contract.ts";
import {
  heldBySignals,
  type Progress,
  type RefcheckStatus,
  refcheckStatuses,
  waiting,
  waits,
  writtenAs,
} from "../refcheck/machine.ts";
import { seesTeam } from "../role/actions.ts";
import { everyRole } from "../role/policy.ts";
import type { Counted } from "./policy.ts";

// A list walks in lanes, newest first: through a role, a team or the organization, and there, where a status is asked for, through what is
// written down under it. Each lane is an index of its own in which the next of the list is the next of the lane, so a page costs what it
// shows. What no index tells (a search, what is late) is looked at on the way, and after `looksMax` the page ends, full or not: `stop` says
// where the next goes on (decision 024).

const spelled = (statuses: readonly string[]) => statuses.map((status) => `'${status}'`).join(", ");

/** `status` is what is true: past its deadline one that waits has expired. */
const isPast = (now: Date) => sql`${refcheck.deadlineAt} <= ${now.getTime()}`;
/** In this order most are decided about without reading their row: an index holds status and deadline. */
const lateAt = (now: Date) =>
  sql`(${isPast(now)} and (${refcheck.status} in (${sql.raw(spelled(waiting))}) or ${refcheck.status} = 'needs_attention' and ${isWaiting}))`;

export type ListAsked = {
  readonly input: ListRefchecks;
  readonly before: string | null;
  readonly now: Date;
  /** How many a page looks at; and how many that are late and not written down it takes and sorts. */
  readonly looksMax: number;
  readonly lateMax: number;
};

/** What is walked through, all of it seen by whoever asks, and by which index. A refcheck's team is its role's. */
function placesOf(scope: MemberScope, { roleId, teamId }: SummarizeRefchecks) {
  const { organizationId, memberId } = scope;
  if (roleId !== undefined) {
    const isOfTeam = teamId && eq(role.teamId, teamId);
    const isIt = and(eq(role.id, roleId), eq(role.organizationId, organizationId), isOfTeam);
    return {
      places: sql`select ${role.id} as place from ${role} where ${and(isIt, seesTeam(scope, role.teamId))}`,
      ...{ column: refcheck.roleId, index: "refcheck_of_role", indexByStatus: "refcheck_of_role_by_status" },
    };
  }
  const ofTeam = { column: refcheck.teamId, index: "refcheck_of_team", indexByStatus: "refcheck_of_team_by_status" };
  if (teamId !== undefined) {
    const isIt = and(eq(team.id, teamId), eq(team.organizationId, organizationId), seesTeam(scope, team.id));
    return { places: sql`select ${team.id} as place from ${team} where ${isIt}`, ...ofTeam };
  }
  if (!hasAtLeast(scope.access, everyRole)) {
    const isOwn = eq(teamMember.memberId, memberId);
    return { places: sql`select ${teamMember.teamId} as place from ${teamMember} where ${isOwn}`, ...ofTeam };
  }
  return {
    places: sql`select ${organizationId} as place`,
    ...{ column: refcheck.organizationId, index: "refcheck_of_organization", indexByStatus: "refcheck_by_status" },
  };
}

/** What is looked at of each whatever its status; undefined where each is meant. */
function soughtBy({ search, createdFrom, createdTo }: SummarizeRefchecks): SQL | undefined {
  return and(
    search === undefined ? undefined : sql`(${contains(refcheck.name, search)} or ${contains(refcheck.email, search)})`,
    createdFrom && gte(refcheck.createdAt, createdFrom),
    createdTo && lt(refcheck.createdAt, createdTo),
  );
}

/** And with its status. */
function meantBy({ input, now }: ListAsked): SQL | undefined {
  const { status } = input;
  const isInTime = sql`(${refcheck.deadlineAt} is null or ${refcheck.deadlineAt} > ${now.getTime()})`;
  return and(
    status === "expired" ? sql`(${refcheck.status} = 'expired' or ${lateAt(now)})` : undefined,
    status && status !== "needs_attention" && waits(status) ? isInTime : undefined,
    status === "needs_attention" ? sql`(${isInTime} or not ${isWaiting})` : undefined,
    soughtBy(input),
  );
}

const areFewLate = (lateMax: number) => sql`(select count(*) from late) <= ${lateMax}`;

/** Where a status is asked for, each lane has what is written down under it. What is late stands under any that waits: those are walked where many are. */
function lanesOf({ input: { status }, lateMax }: ListAsked, places: SQL): SQL {
  if (status === undefined) return places;
  if (status !== "expired") return sql`select place, ${status} as status from (${places})`;
  const written = sql`json_each(${JSON.stringify(writtenAs(status))}) as asked`;
  return sql`select place, asked.value as status from (${places}) cross join ${written} where asked.value = 'expired' or not ${areFewLate(lateMax)}`;
}

/** The ids of a page and one more; and where it stopped looking, null where it looks at nothing but what it shows. */
function walkOf(scope: MemberScope, asked: ListAsked): { ids: SQL; stop: SQL | null } {
  const { input, now, looksMax, lateMax } = asked;
  const { status, roleId, teamId, size } = input;
  const { places, column, index, indexByStatus } = placesOf(scope, input);
  const { from, to } = idSpan("rck", input, asked.before);
  const isMeant = meantBy(asked);
  const before = to === null ? undefined : sql`${refcheck.id} < ${to}`;
  const since = isMeant ? sql`${refcheck.id} >= coalesce((select id from stop), ${from})` : undefined;
  const along = sql`from ${refcheck} indexed by ${sql.raw(status ? indexByStatus : index)}`;
  const inLane = and(eq(column, sql`lane.place`), status && eq(refcheck.status, sql`lane.status`), before);
  const newest = sql`order by ${refcheck.id} desc`;

  const parts = [sql`lane as materialized (${lanesOf(asked, places)})`];
  if (status === "expired") {
    const isLate = and(eq(refcheck.organizationId, scope.organizationId), isWaiting, isPast(now));
    parts.unshift(
      sql`late as materialized (select ${refcheck.id} as id from ${refcheck} indexed by refcheck_late where ${isLate} limit ${lateMax} + 1)`,
    );
  }
  if (isMeant) {
    // Every lane is looked through as far as the one that comes least far.
    const looks = sql`(select max(${looksMax} / max(count(*), 1), 1) from lane)`;
    const last = sql`select ${refcheck.id} ${along} where ${and(inLane, sql`${refcheck.id} >= ${from}`)} ${newest} limit 1 offset ${looks} - 1`;
    parts.push(sql`stop as materialized (select max((${last})) as id from lane)`);
  }
  const ways = sql`with ${sql.join(parts, sql`, `)}`;

  const inOneLane = sql`select ${refcheck.id} ${along} where ${and(inLane, since, isMeant, reachesRefcheck(scope))} ${newest} limit ${size} + 1`;
  const walked = sql`select ${refcheck.id} as id from lane cross join ${refcheck} on ${refcheck.id} in (${inOneLane})`;
  const isHere = and(roleId && eq(refcheck.roleId, roleId), teamId && eq(refcheck.teamId, teamId));
  const isOfFew = and(areFewLate(lateMax), before, since, isHere, isMeant, reachesRefcheck(scope));
  const fewLate = sql`select ${refcheck.id} as id from late cross join ${refcheck} on ${refcheck.id} = late.id where ${isOfFew}`;
  const found = status === "expired" ? sql`${walked} union all ${fewLate}` : walked;
  return {
    ids: sql`${ways}, found as materialized (${found}) select id from found order by id desc limit ${size} + 1`,
    stop: isMeant ? sql`${ways} select id from stop` : null,
  };
}

/** Newest first, and one row more than the page holds; and with filters, where it stopped looking, if before the end. */
export function listRefchecks(scope: MemberScope, asked: ListAsked) {
  const { ids, stop } = walkOf(scope, asked);
  const rows = all(
    staffRefchecks()
      .where(sql`${refcheck.id} in (${ids})`)
      .orderBy(desc(refcheck.id))
      .limit(asked.input.size + 1),
  );
  return { rows, ...(stop && { stop: raw(stop, ([row]) => (row?.[0] ?? null) as RefcheckId | null) }) };
}

/** All of a lane that the filters mean, whatever its status, by the index that holds it. */
function laneOf(scope: MemberScope, input: SummarizeRefchecks, hasStatus: SQL) {
  const { places, column, indexByStatus } = placesOf(scope, input);
  const { from, to } = idSpan("rck", input, null);
  const isHere = and(eq(column, sql`lane.place`), hasStatus, sql`${refcheck.id} >= ${from}`);
  const isMeant = and(isHere, to === null ? undefined : sql`${refcheck.id} < ${to}`, soughtBy(input));
  return { places, inLane: sql`from ${refcheck} indexed by ${sql.raw(indexByStatus)} where ${isMeant}` };
}

/** Each lane is counted by its index; a row is read only of what needs attention, and for the day on which one was made. */
export function countRefchecks(
  scope: MemberScope,
  input: SummarizeRefchecks,
  { now, soon }: { readonly now: Date; readonly soon: Date },
): Statement<Counted[]> {
  const { status } = input;
  const written = status === undefined ? refcheckStatuses : writtenAs(status);
  const kinds = written.flatMap((one) => {
    const beneath: readonly RefcheckStatus[] = one === "needs_attention" ? heldBySignals : [one];
    return beneath.map((progress) => [one, progress]);
  });
  const hasStatus = sql`${refcheck.status} = lane.status and (lane.status <> 'needs_attention' or ${refcheck.progress} = lane.progress)`;
  const { places, inLane } = laneOf(scope, input, hasStatus);
  const before = (at: Date) => sql`coalesce(sum(${refcheck.deadlineAt} <= ${at.getTime()}), 0)`;
  const counts = sql`(select count(*) || ' ' || ${before(now)} || ' ' || ${before(soon)} ${inLane})`;
  return raw(
    sql`with lane as materialized (select place, kind.value ->> 0 as status, kind.value ->> 1 as progress from (${places}) cross join json_each(${JSON.stringify(kinds)}) as kind)
      select lane.status, lane.progress, ${counts} from lane`,
    (rows) =>
      rows.map(([one, progress, told]) => {
        const [count = 0, past = 0, due = 0] = String(told).split(" ").map(Number);
        return { status: one as RefcheckStatus, progress: progress as Progress, count, past, soon: due };
      }),
  );
}

/** In the middle of the newest `most` that are complete, in ms; null where none is. */
export function medianToComplete(
  scope: MemberScope,
  input: SummarizeRefchecks,
  most: number,
): Statement<number | null> {
  const { places, inLane } = laneOf(scope, input, sql`${refcheck.status} = 'completed'`);
  const inOneLane = sql`select ${refcheck.id} ${inLane} order by ${refcheck.id} desc limit ${most}`;
  const found = sql`select ${refcheck.id} as id from lane cross join ${refcheck} on ${refcheck.id} in (${inOneLane}) order by id desc limit ${most}`;
  return cell<number | null>(
    sql`with lane as materialized (${places}), found as materialized (${found}),
      took as materialized (select ${refcheck.completedAt} - ${refcheck.invitedAt} as ms from found cross join ${refcheck} on ${refcheck.id} = found.id)
      select avg(ms) from (select ms from took order by ms limit 2 - (select count(*) from took) % 2 offset (select (count(*) - 1) / 2 from took))`,
  );
}

export function eventsOf(scope: MemberScope, refcheckId: RefcheckId, after: number, size: number) {
  return all(
    build
      .select({
        id: refcheckEvent.id,
        version: refcheckEvent.version,
        verb: refcheckEvent.verb,
        referenceId: refcheckEvent.referenceId,
        to: refcheckEvent.to,
        actorKind: refcheckEvent.actorKind,
        actorId: refcheckEvent.actorId,
        why: refcheckEvent.why,
        deadlineAt: refcheckEvent.deadlineAt,
        at: refcheckEvent.at,
      })
      .from(refcheckEvent)
      .innerJoin(refcheck, eq(refcheck.id, refcheckEvent.refcheckId))
      .where(
        and(eq(refcheckEvent.refcheckId, refcheckId), sql`${refcheckEvent.version} > ${after}`, reachesRefcheck(scope)),
      )
      .orderBy(refcheckEvent.version)
      .limit(size + 1),
  );
}
