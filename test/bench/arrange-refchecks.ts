// An organization with many refchecks: people, teams, a template and one role come about through the typed client, everything else is written
// straight into the database.
import { type SQL, sql } from "drizzle-orm";
import { fewCount, givenMember, givenOwner, type House, lettersAreOut, rareName, writeMany } from "./arrange.ts";

type RoleId = `rol_${string}`;
type TeamId = `tem_${string}`;

export type RefcheckHouse = Pick<House, "databaseUrl" | "url" | "token"> & {
  readonly managerTokens: Readonly<Record<"ofOneTeam" | "ofTwoTeams", string>>;
  readonly roles: Readonly<Record<"many" | "few" | "none", RoleId>>;
  readonly teams: Readonly<Record<"many" | "few" | "none", TeamId>>;
  /** When the first refcheck was made, and how long after each the next was. */
  readonly from: number;
  readonly everyMs: number;
};

const dayMs = 24 * 3_600_000;
const yearMs = 365 * dayMs;
/** Six of ten refchecks are of one role; the others are spread over roles of as many each as are few. */
const smallRolesOf = (count: number) => Math.max(Math.floor((count * 4) / 10 / fewCount), 2);
const smallRole = (nth: SQL | number) => sql`'rol_' || printf('%032x', ${nth})`;

/**
 * Three teams: the default one with the big role and half of the small ones, another with the other half, and one with a single small role;
 * and one without any.
 */
export async function givenRefcheckHouse(
  { url, databaseUrl }: Pick<House, "url" | "databaseUrl">,
  count: number,
): Promise<RefcheckHouse> {
  const { anteroom, token } = await givenOwner(url);
  const template = await anteroom.roleTemplate.create.mutate({
    title: "Barista",
    questionnaire: {
      languages: ["en"],
      questions: [{ key: "else", kind: "text", prompt: { en: "Anything else?" }, isRequired: false }],
    },
  });
  const big = await anteroom.role.create.mutate({ roleTemplateId: template.id });
  const [other, tiny, empty] = [
    await anteroom.team.create.mutate({ name: "Night shift" }),
    await anteroom.team.create.mutate({ name: "Roastery" }),
    await anteroom.team.create.mutate({ name: "Nobody yet" }),
  ];
  const unused = await anteroom.role.create.mutate({ roleTemplateId: template.id, teamId: other.id });
  const one = await givenMember(url, anteroom, { firstName: "Hanna", access: "hiring_manager" });
  const two = await givenMember(url, anteroom, { firstName: "Hugo", access: "hiring_manager" });
  await anteroom.team.addMember.mutate({ teamId: other.id, memberId: two.memberId });
  await lettersAreOut(url);

  await writeMany(databaseUrl, smallRolesOf(count), (first, last) => {
    const copies = sql`with recursive n(i) as (select ${first + 1} union all select i + 1 from n where i <= ${last})`;
    return [
      sql`insert or ignore into role (id, organization_id, team_id, title, title_folded, references_required, references_optional, relationships, complete_within_days, answers_shared, revision, status, created_at)
        ${copies} select ${smallRole(sql`i`)}, organization_id, case when i = 1 then ${tiny.id} when i % 2 = 0 then team_id else ${other.id} end, title || ' ' || i, title_folded || ' ' || i,
          references_required, references_optional, relationships, complete_within_days, answers_shared, revision, status, created_at
        from n inner join role on role.id = ${big.id}`,
    ];
  });
  const from = Date.now() - yearMs;
  const few: RoleId = `rol_${(1).toString(16).padStart(32, "0")}`;
  return {
    ...{ url, databaseUrl, token, managerTokens: { ofOneTeam: one.token, ofTwoTeams: two.token } },
    roles: { many: big.id, few, none: unused.id },
    teams: { many: big.teamId, few: tiny.id, none: empty.id },
    ...{ from, everyMs: Math.floor(yearMs / count) },
  };
}

/**
 * So many refchecks, the newest last, spread evenly over a year. Of a hundred 50 are completed, 30 wait, 7 have expired and 2 have as well, but
 * nobody has written it down. In each stretch of a fiftieth the first is about somebody called quetzal.
 */
export async function fillRefchecks(house: RefcheckHouse, count: number): Promise<void> {
  const { databaseUrl, from, everyMs, roles } = house;
  const stretch = Math.max(Math.floor(count / fewCount), 1);
  const now = Date.now();
  await writeMany(databaseUrl, count, (first, last) => {
    const rows = sql`with recursive n(i) as (select ${first} union all select i + 1 from n where i < ${last}),
      r as (select i, ${from} + i * ${everyMs} as at, ((i * 2654435761 & 4294967295) >> 8) % 100 as h, ${from} + i * ${everyMs} + ${14 * dayMs} as until,
        case when i % 10 < 6 then ${roles.many} else ${smallRole(sql`1 + (i / 10 * 4 + i % 10 - 6) % ${smallRolesOf(count)}`)} end as role_id,
        iif(i % ${stretch} = 0, ${rareName}, 'ana') as first_name, printf('number %06d', (i * 7919) % ${count}) as last_name from n),
      s as (select *, printf('%012x7%019x', at, i) as tail,
        case when h < 5 then 'created' when h < 15 then 'awaiting_candidate' when h < 25 then 'awaiting_references' when h < 35 then 'in_progress' when h < 85 then 'completed'
          when h < 91 then 'canceled' when h < 98 then 'expired' when i % 3 = 0 then 'awaiting_candidate' when i % 3 = 1 then 'awaiting_references' else 'in_progress' end as status,
        case when h < 5 then null when h < 35 then ${now + 10 * dayMs} + i % 1000 * 60000 when h < 98 then until else min(until, ${now} - 3600000) end as deadline_at,
        h in (34, 83, 84) or h = 99 and i % 5 = 0 as is_flagged from r)`;
    const waits = sql`s.status in ('awaiting_candidate', 'awaiting_references', 'in_progress')`;
    const wasAsked = sql`s.status not in ('created', 'awaiting_candidate')`;
    return [
      sql`insert or ignore into candidate (id, organization_id, email, first_name, last_name, language, time_zone, created_at)
        ${rows} select 'cnd_' || tail, role.organization_id, i || '@people.example', first_name, last_name, 'en', 'UTC', at from s inner join role on role.id = s.role_id`,
      sql`insert or ignore into refcheck (id, organization_id, role_id, team_id, candidate_id, revision, references_required, references_optional, relationships, complete_within_days, answers_shared, status, progress, version,
          deadline_at, invited_at, consented_at, consent_version, canceled_at, expired_at, completed_at, reminders, wake_at, armed_for, name, email, created_at, created_by)
        ${rows} select 'rck_' || tail, role.organization_id, role.id, role.team_id, 'cnd_' || tail, role.revision, 1 + i % 2, role.references_optional, role.relationships, role.complete_within_days, 0, iif(s.is_flagged, 'needs_attention', s.status), s.status, 4,
          s.deadline_at, iif(s.status = 'created', null, at), iif(${wasAsked}, at, null), iif(${wasAsked}, 1, null), iif(s.status = 'canceled', at, null), iif(s.status = 'expired', until, null), iif(s.status = 'completed', at + i % 14 * ${dayMs} + i % 1000 * 60000, null), 0,
          iif(${waits}, s.deadline_at, null), iif(${waits}, s.deadline_at, null), first_name || ' ' || last_name, i || '@people.example', at,
          (select min(id) from member where member.organization_id = role.organization_id)
        from s inner join role on role.id = s.role_id`,
      sql`insert or ignore into reference (id, organization_id, refcheck_id, email, email_status, first_name, last_name, relationship, employer, language, time_zone, status, reminders, invited_at, created_at)
        ${rows} select 'ref_' || substr(tail, 1, 31) || j.value, role.organization_id, 'rck_' || tail, i || '.' || j.value || '@referees.example', 'ok', 'Rita', 'Referee', 'manager', 'The Corner Cafe', 'en', 'UTC',
          case s.status when 'completed' then 'completed' when 'in_progress' then 'accepted' when 'awaiting_candidate' then 'declined' when 'expired' then 'expired' else 'invited' end, 0, at, at
        from s inner join role on role.id = s.role_id, json_each(iif(i % 2 = 0, '[0]', '[0,1]')) as j where s.status <> 'created'`,
    ];
  });
}

/** All but a few of what is late is written down, as the sweep would. */
export async function writeDownLate({ databaseUrl }: RefcheckHouse): Promise<void> {
  const isLate = sql`progress in ('awaiting_candidate', 'awaiting_references', 'in_progress') and deadline_at <= ${Date.now()}`;
  await writeMany(databaseUrl, 1, () => [
    sql`update refcheck set status = 'expired', progress = 'expired', expired_at = deadline_at, wake_at = null, armed_for = null
      where ${isLate} and id not in (select id from refcheck where ${isLate} order by email limit ${fewCount})`,
  ]);
}
