import { and, eq, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { Cell } from "../../db/hrana.ts";
import {
  candidate,
  candidateEvent,
  document,
  documentEvent,
  feedbackEvent,
  interview,
  interviewEvent,
  letter,
  meeting,
  meetingEvent,
  member,
  note,
  offer,
  offerEvent,
  pipeline,
  placement,
  placementEvent,
  project,
  refcheck,
  refcheckEvent,
  reference,
  role,
  stage,
  timeline,
  user,
} from "../../db/schema/index.ts";
import { build, listOf, raw, type Statement } from "../../db/statement.ts";
import { documentPolicy } from "../document/policy.ts";
import { feedbackPolicy } from "../feedback/policy.ts";
import { reachesInterview } from "../interview/actions.ts";
import type { CandidateId } from "../kernel/ids.ts";
import { type Access, hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import { reachesLetter } from "../letter/actions.ts";
import { placementPolicy } from "../placement/policy.ts";
import { reachesRefcheck } from "../refcheck/actions.ts";
import { reachesCandidate } from "../sight/actions.ts";
import { everyCandidate } from "../sight/policy.ts";
import { slotPolicy } from "../slot/policy.ts";
import type { ShowTimeline, TimelineEntry } from "./contract.ts";
import { type TimelineKind, timelineKinds } from "./policy.ts";

/** JSON of what these are called, and what stands in them. */
function objectOf(fields: Readonly<Record<string, SQLWrapper>>): SQL {
  const pairs = Object.entries(fields).map(([name, value]) => sql`${sql.raw(`'${name}'`)}, ${value}`);
  return sql`json_object(${sql.join(pairs, sql`, `)})`;
}

/** The JSON of one, or null where there is none. */
const oneOf = (fields: Readonly<Record<string, SQLWrapper>>, from: SQL) =>
  sql`json((select ${objectOf(fields)} from ${from}))`;

const nameOf = (who: Readonly<Record<"firstName" | "lastName", SQLWrapper>>) =>
  sql`${who.firstName} || ' ' || ${who.lastName}`;

const memberNamed = (id: SQLWrapper) =>
  sql`(select ${nameOf(user)} from ${member} as acting cross join ${user} on ${user.id} = acting.user_id where acting.id = ${id})`;
const candidateNamed = (id: SQLWrapper) =>
  sql`(select acting.first_name || ' ' || acting.last_name from ${candidate} as acting where acting.id = ${id})`;
const referenceNamed = (id: SQLWrapper) =>
  sql`(select acting.first_name || ' ' || acting.last_name from ${reference} as acting where acting.id = ${id})`;

const memberWith = (id: SQLWrapper) => objectOf({ kind: sql`'member'`, id, name: memberNamed(id) });

function actorOf({ actorKind, actorId }: Readonly<Record<"actorKind" | "actorId", SQLWrapper>>): SQL {
  const name = sql`case ${actorKind} when 'member' then ${memberNamed(actorId)} when 'candidate' then ${candidateNamed(actorId)} when 'reference' then ${referenceNamed(actorId)} end`;
  return objectOf({ kind: actorKind, id: actorId, name });
}

const stageWith = (id: SQLWrapper) => {
  const { id: stageId, name, ends } = stage;
  return oneOf({ id: stageId, name, ends }, sql`${stage} where ${stageId} = ${id}`);
};

const whoReads = sql`case when ${letter.candidateId} is not null then 'candidate' when ${letter.referenceId} is not null then 'reference' else 'member' end`;

type EntryOf<Kind extends TimelineKind> = Extract<TimelineEntry, { readonly kind: Kind }>;

type Source<Kind extends TimelineKind> = {
  /** What tells of an entry, looked up by its id. */
  readonly from: SQL;
  /** Everything that an entry of this kind says besides which it is and when. */
  readonly says: Readonly<Record<Exclude<keyof EntryOf<Kind>, "kind" | "id" | "at">, SQLWrapper>>;
  /** Which entries this member sees; without, or undefined, all of them. */
  readonly isSeen?: (scope: MemberScope) => SQL | undefined;
};

const seesAll = ({ access }: MemberScope) => hasAtLeast(access, everyCandidate);
const unlessAll = (isSeen: (scope: MemberScope) => SQL) => (scope: MemberScope) =>
  seesAll(scope) ? undefined : isSeen(scope);

const fromAccess =
  (least: Access) =>
  ({ access }: MemberScope) =>
    hasAtLeast(access, least) ? undefined : sql`0`;

/** A new source is an entry here, one in the contract, and a line in db/schema/timeline-triggers.ts. */
const sources: { readonly [Kind in TimelineKind]: Source<Kind> } = {
  record: {
    from: sql`${candidateEvent} where ${candidateEvent.id} = ${timeline.sourceId}`,
    says: {
      actor: actorOf(candidateEvent),
      ...{ verb: candidateEvent.verb, from: candidateEvent.from, to: candidateEvent.to, why: candidateEvent.why },
      otherId: candidateEvent.otherId,
    },
  },
  interview: {
    from: sql`${interviewEvent} cross join ${interview} on ${interview.id} = ${interviewEvent.interviewId} cross join ${project} on ${project.id} = ${interview.projectId} where ${interviewEvent.id} = ${timeline.sourceId}`,
    says: {
      actor: actorOf(interviewEvent),
      ...{ interviewId: interview.id, projectId: project.id, projectName: project.name },
      ...{ verb: interviewEvent.verb, from: interviewEvent.from, to: interviewEvent.to, why: interviewEvent.why },
      deadlineAt: interviewEvent.deadlineAt,
    },
    isSeen: unlessAll(
      (scope) =>
        sql`exists (select 1 from ${interview} where ${interview.id} = ${timeline.subjectId} and ${reachesInterview(scope)})`,
    ),
  },
  refcheck: {
    from: sql`${refcheckEvent} cross join ${refcheck} on ${refcheck.id} = ${refcheckEvent.refcheckId} cross join ${role} on ${role.id} = ${refcheck.roleId} where ${refcheckEvent.id} = ${timeline.sourceId}`,
    says: {
      actor: actorOf(refcheckEvent),
      ...{ refcheckId: refcheck.id, roleId: role.id, roleTitle: role.title },
      ...{ verb: refcheckEvent.verb, to: refcheckEvent.to, why: refcheckEvent.why },
      reference: oneOf(
        { id: reference.id, name: nameOf(reference) },
        sql`${reference} where ${reference.id} = ${refcheckEvent.referenceId}`,
      ),
      deadlineAt: refcheckEvent.deadlineAt,
    },
    isSeen: unlessAll(
      (scope) =>
        sql`exists (select 1 from ${refcheck} where ${refcheck.id} = ${timeline.subjectId} and ${reachesRefcheck(scope)})`,
    ),
  },
  placement: {
    from: sql`${placementEvent} cross join ${placement} on ${placement.id} = ${placementEvent.placementId} cross join ${pipeline} on ${pipeline.id} = ${placement.pipelineId} where ${placementEvent.id} = ${timeline.sourceId}`,
    says: {
      actor: memberWith(placementEvent.memberId),
      ...{ placementId: placement.id, pipelineId: pipeline.id, pipelineName: pipeline.name },
      verb: placementEvent.verb,
      from: stageWith(placementEvent.fromStageId),
      to: stageWith(placementEvent.toStageId),
      stayedMs: placementEvent.stayedMs,
    },
    isSeen: fromAccess(placementPolicy.events),
  },
  meeting: {
    from: sql`${meetingEvent} cross join ${meeting} on ${meeting.id} = ${meetingEvent.meetingId} where ${meetingEvent.id} = ${timeline.sourceId}`,
    says: {
      actor: actorOf(meetingEvent),
      ...{ meetingId: meeting.id, title: meeting.title, verb: meetingEvent.verb },
      ...{ startsAt: meetingEvent.startsAt, endsAt: meetingEvent.endsAt, why: meetingEvent.why },
    },
  },
  feedback: {
    from: sql`${feedbackEvent} cross join ${meeting} on ${meeting.id} = ${feedbackEvent.meetingId} where ${feedbackEvent.id} = ${timeline.sourceId}`,
    says: {
      actor: memberWith(feedbackEvent.actorId),
      ...{
        feedbackId: feedbackEvent.feedbackId,
        meetingId: meeting.id,
        title: meeting.title,
        verb: feedbackEvent.verb,
      },
      interviewer: objectOf({ id: feedbackEvent.memberId, name: memberNamed(feedbackEvent.memberId) }),
    },
    isSeen: fromAccess(feedbackPolicy.events),
  },
  offer: {
    from: sql`${offerEvent} cross join ${offer} on ${offer.id} = ${offerEvent.offerId} where ${offerEvent.candidateId} = ${timeline.candidateId} and ${offerEvent.id} = ${timeline.sourceId}`,
    says: {
      actor: actorOf(offerEvent),
      ...{ offerId: offer.id, title: offer.title, verb: offerEvent.verb, meetingId: offerEvent.meetingId },
    },
    isSeen: fromAccess(slotPolicy.get),
  },
  document: {
    from: sql`${documentEvent} where ${documentEvent.candidateId} = ${timeline.candidateId} and ${documentEvent.id} = ${timeline.sourceId}`,
    says: {
      actor: memberWith(documentEvent.memberId),
      ...{ documentId: documentEvent.documentId, documentKind: documentEvent.kind, verb: documentEvent.verb },
      file: oneOf(
        { fileName: document.fileName, type: document.type, scan: document.scan },
        sql`${document} where ${document.id} = ${documentEvent.documentId} and ${document.status} = 'kept'`,
      ),
    },
    isSeen: fromAccess(documentPolicy.read),
  },
  letter: {
    from: sql`${letter} where ${letter.id} = ${timeline.sourceId}`,
    says: {
      actor: objectOf({ kind: sql`'system'`, id: sql`null`, name: sql`null` }),
      letterKind: sql`${letter.content} ->> '$.kind'`,
      status: letter.status,
      to: objectOf({ kind: whoReads, email: letter.to }),
      ...{ interviewId: letter.interviewId, refcheckId: letter.refcheckId },
      ...{ meetingId: letter.meetingId, offerId: letter.offerId },
      ...{ deliveredAt: letter.deliveredAt, bounce: letter.bounce },
    },
    isSeen: (scope) =>
      sql`exists (select 1 from ${letter} where ${letter.id} = ${timeline.sourceId} and ${reachesLetter(scope)})`,
  },
  note: {
    from: sql`${note} where ${note.id} = ${timeline.sourceId}`,
    says: { actor: memberWith(note.memberId), text: note.text, editedAt: note.editedAt },
  },
};

/** Instants are numbers in the database, whose names say what they are. */
const revived = (name: string, value: unknown) =>
  typeof value === "number" && /^at$|At$/.test(name) ? new Date(value) : value;
const entryOf = (text: string): TimelineEntry => JSON.parse(text, revived);

const { kind, sourceId: id, at, turn } = timeline;

/** SQL without values in it, spelled by Drizzle once, at the first use. */
function once(make: () => SQL): () => SQL {
  let spelled: SQL | undefined;
  return () => {
    spelled ??= sql.raw(build.all(make()).getQuery().sql);
    return spelled;
  };
}

/** Each kind told by its own source, as JSON: only of what is shown, and all of it in one statement. */
const told = once(
  () =>
    sql`case ${kind} ${sql.join(
      timelineKinds.map((one) => {
        const { from, says } = sources[one];
        return sql`when ${sql.raw(`'${one}'`)} then (select ${objectOf({ kind, id, at, ...says })} from ${from})`;
      }),
      sql` `,
    )} end`,
);

/** What of the kinds that are looked at this member sees; undefined where that is all. */
function seenBy(scope: MemberScope, kinds: readonly TimelineKind[]): SQL | undefined {
  const rules = kinds.flatMap((one) => {
    const isSeen = sources[one].isSeen?.(scope);
    return isSeen === undefined ? [] : [sql`when ${sql.raw(`'${one}'`)} then ${isSeen}`];
  });
  return rules.length === 0 ? undefined : sql`case ${kind} ${sql.join(rules, sql` `)} else 1 end`;
}

export type Place = readonly [at: number, turn: number, sourceId: string];

type Asked = Pick<ShowTimeline, "kinds" | "from" | "to" | "direction"> & {
  readonly after: Place | null;
  readonly take: number;
  readonly looksMax: number;
};

const placeOf = ([at, turn, sourceId]: readonly Cell[]): Place => [Number(at), Number(turn), String(sourceId)];

/** Before every entry of its instant. */
const beginningOf = (instant: Date): Place => [instant.getTime(), -1, ""];
const first = beginningOf(new Date(0));
/** Behind the last instant that a Date can name. */
const last: Place = [8_640_000_000_000_001, -1, ""];

const isBefore = ([at, turn, id]: Place, [otherAt, otherTurn, otherId]: Place) =>
  at !== otherAt ? at < otherAt : turn !== otherTurn ? turn < otherTurn : id < otherId;

/** Behind which place the walk begins, and where it ends. */
function spanOf({ direction, from, to, after }: Asked): { readonly begin: Place; readonly end: Place } {
  const [lower, upper] = [from ? beginningOf(from) : first, to ? beginningOf(to) : last];
  if (direction === "asc") return { begin: after !== null && isBefore(lower, after) ? after : lower, end: upper };
  return { begin: after !== null && isBefore(after, upper) ? after : upper, end: lower };
}

const directions = {
  asc: { isAfter: sql`>`, isUpTo: sql`<=`, order: sql`` },
  desc: { isAfter: sql`<`, isUpTo: sql`>=`, order: sql` desc` },
} as const;

/**
 * A part of the candidate's timeline in its order, which is the table's own: a page costs what it shows. Where not all of it is shown it looks
 * at so many, and `stop` says where it stopped looking, null where it came to the end.
 */
export function entriesOf(scope: MemberScope, candidateId: CandidateId, asked: Asked) {
  const { kinds = timelineKinds, take, looksMax } = asked;
  const { begin, end } = spanOf(asked);
  const { isAfter, isUpTo, order } = directions[asked.direction];
  const isKind = kinds === timelineKinds ? undefined : sql`${kind} in (${listOf(kinds)})`;
  const isMeant = and(isKind, seenBy(scope, kinds));
  const ofWhom = sql`(select ${candidate.id} from ${candidate} where ${and(eq(candidate.id, candidateId), reachesCandidate(scope))})`;
  const walk = sql`from ${timeline} where ${timeline.candidateId} = ${ofWhom} and (${at}, ${turn}, ${id}) ${isAfter} (${listOf(begin)}) and (${at}, ${turn}, ${id}) ${isUpTo}`;
  const inOrder = sql`order by ${at}${order}, ${turn}${order}, ${id}${order}`;
  const stop = sql`with stop as materialized (select ${at} as at, ${turn} as turn, ${id} as id ${walk} (${listOf(end)}) ${inOrder} limit 1 offset ${looksMax} - 1) `;
  const isStopped = listOf([
    sql`coalesce((select at from stop), ${end[0]})`,
    sql`coalesce((select turn from stop), ${end[1]})`,
    sql`coalesce((select id from stop), ${end[2]})`,
  ]);
  const shown = sql`select ${at}, ${turn}, ${id}, ${told()} ${walk} (${isMeant ? isStopped : listOf(end)})`;
  const rows = raw(
    sql`${isMeant ? stop : sql``}${shown}${isMeant ? sql` and ${isMeant}` : sql``} ${inOrder} limit ${take}`,
    (found) => found.map((cells) => ({ place: placeOf(cells), entry: entryOf(String(cells[3])) })),
  );
  const stopped: Statement<Place | null> = raw(sql`${stop}select at, turn, id from stop`, ([cells]) =>
    cells === undefined ? null : placeOf(cells),
  );
  return { rows, ...(isMeant && { stop: stopped }) };
}
