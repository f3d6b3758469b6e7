import { and, eq, getTableColumns, gt, type SQL, sql } from "drizzle-orm";
import {
  candidate,
  candidateEvent,
  candidateExternalId,
  candidateField,
  candidateTag,
  document,
  documentEvent,
  education,
  experience,
  feedback,
  formerCandidate,
  interview,
  letter,
  link,
  meeting,
  note,
  offerCandidate,
  offerEvent,
  placement,
  refcheck,
  session,
  skill,
  timeline,
} from "../../db/schema/index.ts";
import { all, build, must, mustHaveChanged, raw, run, type Statement, unlessTaken } from "../../db/statement.ts";
import { mergedEntriesMax, skillLevels } from "../background/policy.ts";
import type { CandidateId } from "../kernel/ids.ts";
import type { MemberScope } from "../kernel/scope.ts";
import { seesCandidate } from "../sight/actions.ts";
import type { ListFormer } from "./contract.ts";

type Row = typeof candidate.$inferSelect;

/** Whose record becomes whose. */
export type Pair = { readonly kept: CandidateId; readonly other: CandidateId };

/** What is somebody's by naming them, and meets nothing of the same kind where it goes. */
const goesAlong = [
  ...[candidateEvent, candidateExternalId, document, documentEvent, education, experience, feedback, formerCandidate],
  ...[link, meeting, note, offerEvent, placement, session, timeline],
] as const;

/** In the middle of an interview they would be signed out. */
export function isNotInterviewing(candidateId: CandidateId): Statement<void> {
  return must(
    sql`not exists (select 1 from ${interview} where ${interview.candidateId} = ${candidateId} and ${interview.status} = 'interviewing')`,
    "candidate_interviewing",
  );
}

/** Both have been to one project: theirs keeps its place there, and the other's says under which record it was made. */
function runsOf({ kept, other }: Pair): Statement<number>[] {
  const under = (isDouble: SQL, own: SQL) => sql`case when ${own} = '' and ${isDouble} then ${other} else ${own} end`;
  const sameProject = sql`exists (select 1 from ${interview} as one where one.project_id = ${interview.projectId} and one.candidate_id = ${kept} and one.made_under = '')`;
  const sameRole = sql`exists (select 1 from ${refcheck} as one where one.role_id = ${refcheck.roleId} and one.candidate_id = ${kept} and one.made_under = '')`;
  return [
    run(
      build
        .update(interview)
        .set({ candidateId: kept, madeUnder: under(sameProject, sql`${interview.madeUnder}`) })
        .where(eq(interview.candidateId, other)),
    ),
    run(
      build
        .update(refcheck)
        .set({ candidateId: kept, madeUnder: under(sameRole, sql`${refcheck.madeUnder}`) })
        .where(eq(refcheck.candidateId, other)),
    ),
  ];
}

/** A skill that both have is known as well as whoever knows it better. */
function skillsOf({ kept, other }: Pair): Statement<unknown>[] {
  const rank = (level: SQL) => sql`(select key from json_each(${JSON.stringify(skillLevels)}) where value = ${level})`;
  return [
    raw(
      sql`insert into ${skill} (candidate_id, name_folded, organization_id, name, level)
        select ${kept}, name_folded, organization_id, name, level from ${skill} where candidate_id = ${other}
        on conflict (candidate_id, name_folded) do update set level = excluded.level where ${rank(sql`excluded.level`)} > ${rank(sql`level`)}`,
      () => undefined,
    ),
    run(build.delete(skill).where(eq(skill.candidateId, other))),
  ];
}

function tagsOf({ organizationId }: MemberScope, { kept, other }: Pair): Statement<unknown>[] {
  return [
    raw(
      sql`insert or ignore into ${candidateTag} (organization_id, tag, candidate_id)
        select organization_id, tag, ${kept} from ${candidateTag} where candidate_id = ${other} and organization_id = ${organizationId}`,
      () => undefined,
    ),
    run(build.delete(candidateTag).where(eq(candidateTag.candidateId, other))),
  ];
}

/** In a custom field that both have a value in, theirs stays. */
function fieldsOf({ kept, other }: Pair): Statement<unknown>[] {
  const own = sql`select one.field_id from ${candidateField} as one where one.candidate_id = ${kept}`;
  const isTheirs = eq(candidateField.candidateId, other);
  return [
    run(build.delete(candidateField).where(and(isTheirs, sql`${candidateField.fieldId} in (${own})`))),
    run(build.update(candidateField).set({ candidateId: kept }).where(isTheirs)),
  ];
}

/** Both were offered the same times: whoever has one that stands keeps it, else whoever may still pick, else whoever once picked. */
function offersOf({ kept, other }: Pair): Statement<unknown>[] {
  const stands = (row: string) =>
    `exists (select 1 from meeting where meeting.id = ${row}.meeting_id and meeting.canceled_at is null)`;
  const standing = (row: string) =>
    sql.raw(`(${stands(row)} * 4 + (${row}.withdrawn_at is null) * 2 + (${row}.meeting_id is not null))`);
  const doubles = (of: CandidateId, twin: CandidateId, unless: SQL) =>
    raw(
      sql`delete from ${offerCandidate} where candidate_id = ${of} and exists (select 1 from ${offerCandidate} as twin where twin.offer_id = ${offerCandidate.offerId} and twin.candidate_id = ${twin} and ${unless})`,
      () => undefined,
    );
  return [
    doubles(kept, other, sql`${standing("twin")} > ${standing("offer_candidate")}`),
    doubles(other, kept, sql`1`),
    run(build.update(offerCandidate).set({ candidateId: kept }).where(eq(offerCandidate.candidateId, other))),
  ];
}

/** What more could not be shown of them. */
function mustFit({ kept }: Pair): Statement<void>[] {
  return [skill, experience, education].map((kind) => {
    const count = sql`(select count(*) from ${kind} where ${kind.candidateId} = ${kept})`;
    return must(sql`${count} <= ${mergedEntriesMax}`, "list_full", { max: mergedEntriesMax });
  });
}

/** Those of their interviews are looked up by these, which are the other's yet. */
function lettersOf({ kept, other }: Pair): Statement<number>[] {
  const own = sql`select ${interview.id} from ${interview} where ${interview.candidateId} = ${other}`;
  const ofWhich = [sql`${letter.interviewId} is null`, sql`${letter.interviewId} in (${own})`];
  return ofWhich.map((which) =>
    run(
      build
        .update(letter)
        .set({ candidateId: kept })
        .where(and(eq(letter.candidateId, other), which)),
    ),
  );
}

/** A letter that tells them of their rejection names the version of that step, and none was taken since: it is that of now. */
export function rejectionGoesOn({ id, version }: Row): Statement<number> {
  const tellsOfIt = sql`${letter.content} ->> '$.kind' = 'candidate_rejected' and ${letter.content} ->> '$.version' = ${version}`;
  return run(
    build
      .update(letter)
      .set({ content: sql`json_set(${letter.content}, '$.version', ${version + 1})` })
      .where(and(eq(letter.candidateId, id), sql`${letter.interviewId} is null`, tellsOfIt)),
  );
}

/** Everything of the other's. Both must stand as they were read, which the statements around these say. */
export function moveEverything(scope: MemberScope, pair: Pair): Statement<unknown>[] {
  return [
    ...lettersOf(pair),
    ...runsOf(pair),
    ...skillsOf(pair),
    ...tagsOf(scope, pair),
    ...fieldsOf(pair),
    ...offersOf(pair),
    ...goesAlong.map((kind) =>
      // Somebody may have placed them in between where the other stands.
      unlessTaken(
        run(build.update(kind).set({ candidateId: pair.kept }).where(eq(kind.candidateId, pair.other))),
        "moved_on",
      ),
    ),
    ...mustFit(pair),
  ];
}

/** Their name and address are repeated with everything that becomes theirs. */
const asRead = ({ organizationId }: MemberScope, { id, name, email, version }: Row) =>
  and(
    eq(candidate.id, id),
    eq(candidate.organizationId, organizationId),
    eq(candidate.name, name),
    eq(candidate.email, email),
    eq(candidate.version, version),
  );

type Both = { readonly kept: Row; readonly other: Row };
/** The day on which each was made, YYYY-MM-DD: they applied then, unless something else is said. */
export type Days = Readonly<Record<keyof Both, string>>;

/** What only the other knows is added, as both are by now. They applied when they first did. */
export function updateKept(scope: MemberScope, { kept, other }: Both, days: Days): Statement<unknown>[] {
  const own = (column: string) => sql.raw(`candidate.${column}`);
  const theirs = (column: string) =>
    sql`(select one.${sql.raw(column)} from ${candidate} as one where one.id = ${other.id})`;
  const either = (column: string) => sql`coalesce(${own(column)}, ${theirs(column)})`;
  const called = sql`select value from json_each(${own("external_ids")}) union all select value from json_each(${theirs("external_ids")})`;
  const tags = sql`select value from json_each(${own("tags")}) union select value from json_each(${theirs("tags")})`;
  return [
    run(
      build
        .update(candidate)
        .set({
          ...{ phone: either("phone"), source: either("source"), handRating: either("hand_rating") },
          appliedDate: sql`min(coalesce(${own("applied_date")}, ${days.kept}), coalesce(${theirs("applied_date")}, ${days.other}))`,
          externalIds: sql`(select json_group_array(json(value)) from (${called}))`,
          tags: sql`(select json_group_array(value) from (${tags}))`,
          customFields: sql`json_patch(${theirs("custom_fields")}, ${own("custom_fields")})`,
          isLetIn: sql`max(${own("is_let_in")}, ${theirs("is_let_in")})`,
          ...{ isKept: true, version: kept.version + 1 },
        })
        .where(asRead(scope, kept)),
    ),
    mustHaveChanged("moved_on"),
  ];
}

/** What the other was is kept; its row goes once nothing is left that names it. */
export function putAway(scope: MemberScope, { kept, other }: Both, now: Date): Statement<unknown>[] {
  const was = sql.raw(
    "id, organization_id, email, first_name, last_name, phone, source, status, applied_date, reject_date, hired_date, created_at",
  );
  return [
    raw(
      sql`insert into ${formerCandidate} (${was}, candidate_id, merged_by, merged_at)
        select ${was}, ${kept.id}, ${scope.memberId}, ${now.getTime()} from ${candidate} where ${asRead(scope, other)}`,
      () => undefined,
    ),
    run(build.delete(candidate).where(asRead(scope, other))),
    mustHaveChanged("moved_on"),
  ];
}

const { organizationId: _, candidateId: __, ...shown } = getTableColumns(formerCandidate);

/** In the order of the ids they had. */
export function formerOf(scope: MemberScope, { candidateId, size }: ListFormer, after: string) {
  const isTheirs = and(
    eq(formerCandidate.candidateId, candidateId),
    eq(formerCandidate.organizationId, scope.organizationId),
  );
  const isSeen = and(isTheirs, seesCandidate(scope, candidateId));
  return all(
    build
      .select(shown)
      .from(formerCandidate)
      .where(and(isSeen, gt(sql`${formerCandidate.id}`, after)))
      .orderBy(formerCandidate.id)
      .limit(size + 1),
  );
}
