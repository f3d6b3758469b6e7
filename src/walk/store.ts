import { and, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import {
  candidate,
  interview,
  meeting,
  meetingInterviewer,
  projectRole,
  refcheck,
  teamMember,
} from "../../db/schema/index.ts";
import {
  askedIf,
  askedOf,
  behindAll,
  firstPlace,
  isInOrder,
  numberAt,
  placeOf,
  placesElsewhere,
  placesOf,
  saidOf,
} from "../../db/search.ts";
import { idSpan } from "../kernel/ids.ts";
import { hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import { by, type Filters, laneOf, namedBy, soughtBy, wordsOf } from "../sieve/actions.ts";
import { reachesCandidate } from "../sight/actions.ts";
import { everyCandidate } from "../sight/policy.ts";

// A list is walked through newest first, along the lane of one of its filters, else of all that the organization has. What the lane does not
// tell is looked at on the way, and after `looksMax` the page ends, full or not: `stop` says where the next goes on (decision 025). Where few are
// meant they are gathered and sorted instead: whom a filter names, and those a member sees, at most `fewMax` (decision 017). A text is walked
// through by the index of text, where that leaves out more than the lane does (decision 042).

export type Walk = {
  readonly filters: Filters;
  /** Behind this one of them. */
  readonly before: string | null;
  readonly skip: number;
  readonly take: number;
  /** Of a text so many are looked at, and more only where they do not come to a page. */
  readonly nearMax: number;
  readonly looksMax: number;
  /** Where what is walked through holds no more than so many, all of it is looked at. */
  readonly wholeMax: number;
  readonly fewMax: number;
};

/** Whom to look at instead of walking the lane, where `isIt`. */
type Way = {
  readonly parts: readonly SQL[];
  readonly isIt: SQL;
  /** By their numbers, as often as they come: that is the table's own key, so that each is looked up once. */
  readonly numbers: SQL;
};

type TextWay = Way & {
  /** Who was looked at by then, and is meant. */
  readonly met: SQL;
  /** Where looking ended; nobody where all were looked at. */
  readonly stop: SQL;
};

const numbersOf = (ids: SQL) =>
  sql`select ${candidate.number} from (${ids}) as those cross join ${by(candidate, "candidate_id_unique")} on ${candidate.id} = those.id`;

/** Whom a filter names. */
function namedOf(scope: MemberScope, { filters }: Walk): Way | null {
  const ids = namedBy(scope, filters);
  return ids && { parts: [], isIt: sql`1`, numbers: numbersOf(ids) };
}

/** Whom a member has an interview or a refcheck to see of, or meets, as often as they do; of very many, some. */
function ownOf({ memberId }: MemberScope, fewMax: number): SQL {
  const projects = sql`select ${projectRole.projectId} from ${projectRole} where ${projectRole.memberId} = ${memberId}`;
  const teams = sql`select ${teamMember.teamId} from ${teamMember} where ${teamMember.memberId} = ${memberId}`;
  const byInterview = sql`select ${interview.candidateId} as id from ${interview} indexed by interview_once where ${interview.projectId} in (${projects}) limit ${fewMax} + 1`;
  const byRefcheck = sql`select ${refcheck.candidateId} as id from ${refcheck} indexed by refcheck_of_team where ${refcheck.teamId} in (${teams}) limit ${fewMax} + 1`;
  const byMeeting = sql`select ${meeting.candidateId} as id from ${meetingInterviewer} cross join ${meeting} on ${meeting.id} = ${meetingInterviewer.meetingId} where ${meetingInterviewer.memberId} = ${memberId} limit ${fewMax} + 1`;
  return sql`select id from (${byInterview}) union all select id from (${byRefcheck}) union all select id from (${byMeeting})`;
}

/** Whom a member sees; null where that is everybody. */
function seenBy(scope: MemberScope, { fewMax }: Walk): Way | null {
  if (hasAtLeast(scope.access, everyCandidate)) return null;
  const parts = [sql`own as materialized (${ownOf(scope, fewMax)})`];
  return { parts, isIt: sql`(select count(*) from own) <= ${fewMax}`, numbers: numbersOf(sql`select id from own`) };
}

/** Skills, jobs and notes come in no order that a list has: where a text is said in more of them, the lane is walked. */
const elsewhereMax = 2_000;

/** What looking for a text needs to know of the walk it is part of. */
type Around = {
  /** What must hold of whom it finds. */
  readonly isMeant: SQL | undefined;
  /** Another way, taken where a text is said of many. */
  readonly other: SQL | undefined;
  /** Who is the last of so many of the lane's nearest; null where there are not so many. */
  readonly laneEnds: (count: number) => SQL;
  readonly isEnough: (count: SQL) => SQL;
  readonly looksMax: SQL;
};

const place = sql`place`;
const standsAt = (where: SQL) => eq(candidate.number, numberAt(where));

/** The place of whoever is the first or the last in order there: not of those who came late. Null where nobody is. */
function endOf({ organizationId }: MemberScope, isThere: SQL, order: "asc" | "desc"): SQL {
  const inStretch = and(eq(candidate.organizationId, organizationId), isThere);
  const first = sql`${candidate.id} ${sql.raw(order)} limit 1`;
  return placeOf(
    sql`(select ${candidate.number} from ${by(candidate, "candidate_in_order")} where ${inStretch} and ${candidate.isLate} = 0 order by ${first})`,
  );
}

/**
 * Of whom something like what is searched may be said; null where that is not looked up. Candidates in order stand in the index as they stand in
 * the list: the nearest are looked at, and those behind them where that does not come to a page. All else is gathered. Parts name each other as
 * seldom as can be: the database reads a part's text once more wherever it is named, with all that is named in it.
 */
function mentionedOf(scope: MemberScope, { filters, before, nearMax, fewMax }: Walk, around: Around): TextWay | null {
  const words = wordsOf(filters);
  if (words === null) return null;
  const { organizationId } = scope;
  const { isMeant, other, laneEnds, isEnough, looksMax } = around;
  const asked = sql`${askedOf(organizationId, words)}`;
  const most = Math.min(fewMax, elsewhereMax);
  const { from, to } = idSpan("cnd", filters, before);
  // Where nobody is in order there, no place is: an engine that is given no number for a bound reads all there is.
  const [oldest, newest] = [
    endOf(scope, gte(candidate.id, sql`${from}`), "asc"),
    endOf(scope, lt(candidate.id, sql`${to}`), "desc"),
  ];
  const lowest = from === "" ? undefined : sql`coalesce(${oldest}, ${behindAll})`;
  const highest = to === null ? undefined : sql`coalesce(${newest}, ${firstPlace} - 1)`;
  const near = placesOf({ asked, organizationId, from: lowest, to: highest, most: sql`${nearMax}` });

  // `more`: somebody in order may stand behind the nearest.
  const nearest = sql`select count(*) >= ${nearMax} as is_full, min(place) as place from near`;
  const edge = sql`select is_full, iif(is_full and ${isInOrder(place)}, place, null) as more from (${nearest})`;

  // All else lies behind those in order: where the nearest have room for more, all of it is among them. Otherwise some of it may be twice.
  const rest = placesElsewhere(lowest ? asked : askedIf(sql`(select is_full from edge)`, asked), sql`${most + 1}`);
  const elsewhere = sql`select place from near where not ${isInOrder(place)} union all select place from (${rest})`;

  // Where its nearest go further back than the lane's, a text leaves out more than the lane does.
  const idOfMore = sql`(select ${candidate.id} from ${candidate} where ${standsAt(sql`edge.more`)})`;
  const isNarrow = sql`(edge.more is null or ${idOfMore} < coalesce(${laneEnds(nearMax)}, ''))`;
  const unlessOther = other && sql` and not (${other})`;
  const isText = sql`(select count(*) from elsewhere) <= ${most} and (not edge.is_full or (${isNarrow}${unlessOther}))`;

  const isSoon = and(isInOrder(sql`near.place`), isMeant);
  const soon = sql`select ${candidate.id} as id from near cross join ${candidate} on ${standsAt(sql`near.place`)} where ${isSoon}`;
  const isOn = sql`not (${isEnough(sql`(select count(*) from soon)`)})`;
  const stretch = {
    from: lowest ?? firstPlace,
    to: sql`(select more from edge) - 1`,
    most: sql`max(${looksMax} - ${nearMax}, 0)`,
  };
  const far = placesOf({ asked: askedIf(sql`(select is_on from ahead)`, asked), organizationId, ...stretch });

  const farthest = sql`select count(*) >= ${stretch.most} as is_full, min(place) as place from far`;
  const end = sql`case when not is_on then more when is_full then coalesce(place, more) end`;
  const stop = sql`select ${candidate.id} as id from ahead cross join (${farthest}) as farthest cross join ${candidate} on ${standsAt(end)}`;
  const isIt = sql`(select is_text from way)`;
  return {
    parts: [
      sql`near as materialized (${near})`,
      sql`edge as materialized (${edge})`,
      sql`elsewhere as materialized (${elsewhere})`,
      sql`way as materialized (select more, ${isText} as is_text from edge)`,
      sql`soon as materialized (${soon})`,
      sql`ahead as materialized (select more, ${isOn} as is_on from way where is_text and more is not null)`,
      sql`far as materialized (${far})`,
    ],
    isIt,
    numbers: sql`${numbersOf(sql`select ${saidOf(place)} as id from elsewhere`)} union all select ${numberAt(place)} from far`,
    met: sql`select id from soon where ${isIt}`,
    stop,
  };
}

/**
 * What a page is made of: its ids, where it stopped looking, null where that is the end, and how many pass the filters, up to `totalMax`; null
 * where that is not asked.
 */
export function walkOf(scope: MemberScope, asked: Walk, totalMax: number | null) {
  const { filters, before, skip, take, looksMax, wholeMax } = asked;
  const { along, looked, id, key, value, isLane, told, repeats } = laneOf(scope, filters);
  const seesAll = hasAtLeast(scope.access, everyCandidate);
  const { from, to } = idSpan("cnd", filters, before);
  const isBefore = (one: SQLiteColumn) => (to === null ? undefined : sql`${one} < ${to}`);
  const reaches = seesAll ? undefined : reachesCandidate(scope);
  const isOwn = sql`+${candidate.organizationId} = ${scope.organizationId}`;
  const isMeant = and(along === looked ? undefined : isOwn, soughtBy(scope, { ...filters, ...told }), reaches);
  const inOrder = sql`order by ${id} desc`;
  const inLaneOf = (whose: SQL) => and(sql`${key} = ${whose}`, isLane, isBefore(id));
  const inReachOf = (whose: SQL) => and(inLaneOf(whose), sql`${id} >= ${from}`);
  const isLong = sql`exists (select 1 from ${along} where ${inReachOf(value)} limit 1 offset ${wholeMax})`;
  // Counted from the beginning all of few is looked at; of many, and page by page, no more than that takes.
  const byLength = (long: number, short: number) =>
    wholeMax > 0 ? sql`iif(${isLong}, ${long}, ${short})` : sql`${long}`;

  const isFound = and(isOwn, isBefore(candidate.id), soughtBy(scope, filters));
  const named = namedOf(scope, asked);
  const seen = named ? null : seenBy(scope, asked);
  const around: Around = {
    isMeant: and(isFound, sql`${candidate.id} >= ${from}`, reaches),
    other: seen?.isIt,
    laneEnds: (count) =>
      sql`(select ${id} from ${along} where ${inReachOf(value)} ${inOrder} limit 1 offset ${count - 1})`,
    isEnough: (count) => sql`${count} >= ${byLength(skip + take, Number.MAX_SAFE_INTEGER)}`,
    looksMax: byLength(looksMax, Math.max(looksMax, wholeMax + 1)),
  };
  const mentioned = named ? null : mentionedOf(scope, asked, around);
  const ways = [named, mentioned, seen].filter((way) => way !== null);
  const isAny = sql.join(
    ways.map(({ isIt }) => isIt),
    sql` or `,
  );
  // The first way that is one: others have the same, or more.
  const gathered = ways.map(({ numbers, isIt }, nth) => {
    const isFirst = ways.slice(0, nth).map((one) => sql` and not ${one.isIt}`);
    return sql`select number from (${numbers}) where ${isIt}${sql.join(isFirst, sql``)}`;
  });
  // Within the key that is looked for: SQLite asks a condition with a query in it anew at every row it walks.
  const whose = ways.length > 0 ? sql`(select ${value} where not (${isAny}))` : value;
  const last = wholeMax > looksMax ? sql`iif(${isLong}, ${looksMax - 1}, ${wholeMax})` : sql`${looksMax - 1}`;
  const stop = sql`select ${id} as id from ${along} where ${inReachOf(whose)} ${inOrder} limit 1 offset ${last}`;
  // One lower bound, not two: SQLite begins at one of them and looks at each row for the other.
  const since = (one: SQLiteColumn, end: SQL | null) =>
    end ? sql`${one} >= coalesce(${end}, ${from})` : sql`${one} >= ${from}`;
  const laneStop = isMeant ? sql`(select id from lane_stop)` : null;
  const textStop = mentioned ? sql`(select id from text_stop)` : null;
  // Of those a member sees each is seen.
  const isInReach = ways.length === 1 && seen ? undefined : reaches;
  const walked = (rows: number, offset: number) =>
    sql`select ${repeats ? sql`distinct ` : sql``}${id} as id from ${isMeant || repeats ? looked : along} where ${and(inLaneOf(whose), since(id, laneStop), isMeant)} ${inOrder} limit ${rows} offset ${offset}`;
  const parts = [
    ...(seen?.parts ?? []),
    ...(mentioned?.parts ?? []),
    ...(laneStop ? [sql`lane_stop as materialized (${stop})`] : []),
    ...(mentioned ? [sql`text_stop as materialized (${mentioned.stop})`] : []),
    // Whoever is meant of few is looked for once, for the page and for the total.
    ...(ways.length > 0
      ? [
          sql`few as materialized (select distinct number from (${sql.join(gathered, sql` union all `)}))`,
          sql`meant as materialized (select ${candidate.id} as id from few cross join ${candidate} on ${candidate.number} = few.number where ${and(isFound, since(candidate.id, textStop), isInReach)}${mentioned ? sql` union ${mentioned.met}` : sql``})`,
          sql`found as materialized (select id from (${walked(Math.max(skip + take, totalMax ?? 0), 0)}) union all select id from meant)`,
        ]
      : []),
  ];
  const stops = [laneStop, textStop].filter((one) => one !== null);
  const inFound = ways.length > 0;
  const counted = inFound ? sql`select 1 from found limit ${totalMax}` : walked(totalMax ?? 0, 0);
  return {
    begun: parts.length > 0 ? sql`with ${sql.join(parts, sql`, `)} ` : sql``,
    ids: inFound ? sql`select id from found order by id desc limit ${take} offset ${skip}` : walked(take, skip),
    stop: stops.length > 1 ? sql`coalesce(${sql.join(stops, sql`, `)})` : (stops[0] ?? sql`null`),
    total: totalMax === null ? sql`null` : sql`(select count(*) from (${counted}))`,
  };
}
