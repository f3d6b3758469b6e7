// The organization that is asked about: its people and its project come about through the typed client, as anybody's; its many interviews
// are written straight into the database.
import { setTimeout as pause } from "node:timers/promises";
import { type SQL, sql } from "drizzle-orm";
import { type Anteroom as Client, createAnteroom } from "../../client/index.ts";
import { connect } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { untilHeard } from "../../src/kernel/again.ts";

export type Question = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type House = {
  readonly url: string;
  readonly databaseUrl: string;
  readonly token: string;
  /** A hiring manager with a role in the project. */
  readonly managerToken: string;
  /** The evaluator who has rated more than the others. */
  readonly evaluatorToken: string;
  readonly projectId: `prj_${string}`;
};

const drainPatienceMs = 20_000;
const pollMs = 100;
const password = "sixteen short rounds and a ratio";

/** Of an organization by that slug, who is called so. */
export const addressOf = (firstName: string, slug: string) => `${firstName.toLowerCase()}@${slug}.example`;

/** Whoever founded the organization that is asked about, inside it. */
export async function givenOwner(
  url: string,
  slug = "bench",
): Promise<{ readonly anteroom: Client; readonly token: string }> {
  const person = { email: addressOf("Olga", slug), firstName: "Olga", lastName: "Bench", timeZone: "Europe/Madrid" };
  await createAnteroom({ url }).identity.signUp.mutate({ ...person, password });
  const signedIn = await createAnteroom({ url }).identity.useLink.mutate({
    token: await tokenFromLetter(url, person.email),
    password,
  });
  const founder = createAnteroom({ url, token: signedIn.token });
  const { token } = await founder.organization.create.mutate({ name: "Bench", slug });
  return { anteroom: createAnteroom({ url, token }), token };
}

/** An organization with an active project that three evaluators judge by two required criteria. */
export async function givenHouse({ url, databaseUrl }: Pick<House, "url" | "databaseUrl">): Promise<House> {
  const { anteroom, token } = await givenOwner(url);
  const project = await anteroom.project.create.mutate({ name: "Barista, harbour shop" });
  const projectId = project.id;
  await anteroom.project.setSteps.mutate({
    projectId,
    revision: project.revision,
    steps: [{ kind: "question", title: "Why coffee?", answer: { kind: "text" } }],
  });
  await anteroom.project.setCriteria.mutate({ projectId, criteria: [{ name: "Warmth" }, { name: "Care" }] });
  await anteroom.project.activate.mutate({ projectId });
  const evaluators: Awaited<ReturnType<typeof givenMember>>[] = [];
  for (const firstName of ["Eva", "Elif", "Enzo"]) {
    const evaluator = await givenMember(url, anteroom, { firstName, access: "recruiter" });
    evaluators.push(evaluator);
    await anteroom.project.assignRole.mutate({ projectId, memberId: evaluator.memberId, role: "evaluator" });
  }
  // Ids come in order, and `fill` has the first rate.
  const evaluatorToken = evaluators[0]?.token ?? "";
  const manager = await givenMember(url, anteroom, { firstName: "Hanna", access: "hiring_manager" });
  await anteroom.project.assignRole.mutate({ projectId, memberId: manager.memberId, role: "interview_manager" });
  await lettersAreOut(url);
  return { url, databaseUrl, token, managerToken: manager.token, evaluatorToken, projectId };
}

type Person = {
  readonly firstName: string;
  readonly access: "recruiter" | "hiring_manager";
  readonly slug?: string;
};

/** Of the default team. */
export async function givenMember(url: string, anteroom: Client, { firstName, access, slug = "bench" }: Person) {
  const email = addressOf(firstName, slug);
  await anteroom.invite.create.mutate({ invites: [{ email, access }] });
  const held = { email, token: await tokenFromLetter(url, email) };
  const accepted = await createAnteroom({ url }).invite.accept.mutate({
    ...held,
    password,
    firstName,
    lastName: "Bench",
  });
  const place = accepted.organizations.find(({ organizationId }) => organizationId === accepted.entered);
  if (!place) throw new Error("Whoever accepts an invite is inside the organization.");
  return { token: accepted.token, memberId: place.memberId };
}

/** Somebody who has come before, in the one organization they belong to. */
export async function tokenOf(url: string, email: string): Promise<string> {
  return (await createAnteroom({ url }).identity.signIn.mutate({ email, password })).token;
}

async function tokenFromLetter(url: string, email: string): Promise<string> {
  const giveUpAt = Date.now() + drainPatienceMs;
  while (Date.now() < giveUpAt) {
    const response = await fetch(`${url}/mailbox.json?${new URLSearchParams({ to: email })}`);
    const letters: { text: string }[] = await response.json();
    const token = /\/auth\/link\/([^/\s#?]+)/.exec(letters[0]?.text ?? "")?.[1];
    if (token) return token;
    await pause(pollMs);
  }
  throw new Error("The letter with the link did not come.");
}

/** Nothing is left to do behind the answers: what is measured next has the machine to itself. */
export async function lettersAreOut(url: string): Promise<void> {
  const giveUpAt = Date.now() + drainPatienceMs;
  while (Date.now() < giveUpAt) {
    const health: { letters?: { waiting: number } } = await (await fetch(`${url}/health`)).json();
    if (health.letters?.waiting === 0) return;
    await pause(pollMs);
  }
  throw new Error("The outbox did not empty.");
}

/** As many in every organization, however large: what a filter finds few of. */
export const fewCount = 50;
/** What the names of those few hold. */
export const rareName = "quetzal";

const rowsAtOnce = 10_000;
const hourMs = 3_600_000;

/** So many rows by statements for some of them each, from a first to a last number. */
export async function writeMany(
  databaseUrl: string,
  count: number,
  statementsFor: (first: number, last: number) => readonly SQL[],
): Promise<void> {
  const db = connect({ url: databaseUrl, timeoutMs: 600_000 });
  for (let first = 0; first < count; first += rowsAtOnce) {
    const statements = statementsFor(first, Math.min(first + rowsAtOnce, count) - 1);
    // Once a minute sqld copies all that was written, and says that it was locked even of what it has written meanwhile.
    await untilHeard({ pause }, { triesMax: 120, waitMs: () => 1_000 }, () =>
      db.write(statements.map((statement) => raw(statement, () => undefined))),
    );
  }
}

/**
 * So many interviews, the newest last, spread evenly: three of ten interviewed, of these a third rated by one evaluator (partial); four of ten
 * invited or confirmed, with deadlines; the others new, without. In each stretch of a fiftieth the first is aborted, called quetzal and labelled
 * `rare`, and the second rated by all (completed).
 */
export async function fill({ databaseUrl, projectId }: House, count: number): Promise<void> {
  const stretch = Math.max(Math.floor(count / fewCount), 20);
  const from = Date.now() - count * 1_000 - hourMs;
  const tail = (i: string) =>
    sql`(select substr(id, -22) from project where id = ${projectId}) || printf('%010x', ${sql.raw(i)})`;
  await writeMany(databaseUrl, count, (first, last) => {
    // Deadlines and names in an order of their own.
    const rows = sql`with recursive n(i) as (select ${first} union all select i + 1 from n where i < ${last}),
      r as (select i, ${tail("i")} as tail, i % ${stretch} = 0 as is_rare, i % ${stretch} = 1 as is_judged, i % 10 as k, ${from} + i * 1000 as at,
        (i * 7919) % ${count} as shuffled from n),
      s as (select *, case when is_rare then 'aborted' when is_judged or k in (3, 4, 5) then 'interviewed' when k in (6, 7, 8) then 'invited' when k = 9 then 'confirmed' else 'new' end as status,
        case when is_rare then 'quetzal' else 'ana' end as first_name, printf('number %07d', shuffled) as last_name from r)`;
    const waits = sql`s.status in ('invited', 'confirmed')`;
    const deadline = sql`${Date.now() + 240 * hourMs} + shuffled * 1000`;
    return [
      sql`insert or ignore into candidate (id, organization_id, email, first_name, last_name, language, time_zone, created_at)
        ${rows} select 'cnd_' || tail, project.organization_id, i || '@people.example', first_name, last_name, 'en', 'UTC', at from s inner join project on project.id = ${projectId}`,
      sql`insert or ignore into interview (id, organization_id, project_id, candidate_id, revision, status, version, run, labels, name, email, created_at, deadline_at, due_at, due_verb, armed_for)
        ${rows} select 'itv_' || tail, project.organization_id, project.id, 'cnd_' || tail, project.revision, s.status, 2, 1,
          case when is_rare then '["rare"]' when i % 2 = 0 then '["north"]' else '["south","weekends"]' end, first_name || ' ' || last_name, i || '@people.example', at,
          case when ${waits} or is_rare then ${deadline} end, case when ${waits} then ${deadline} end, case when ${waits} then 'expire' end, case when ${waits} then ${deadline} end
        from s inner join project on project.id = ${projectId}`,
      sql`insert or ignore into interview_label (organization_id, label, interview_id)
        ${rows} select project.organization_id, label.value, 'itv_' || tail
        from s inner join project on project.id = ${projectId}, json_each(case when is_rare then '["rare"]' when i % 2 = 0 then '["north"]' else '["south","weekends"]' end) as label`,
      sql`insert or ignore into rating (interview_id, member_id, step_id, criterion_id, organization_id, score, scale_max, rated_at)
        ${rows} select 'itv_' || tail, evaluator.member_id, project_revision.steps ->> '$[0].id', criterion.id, criterion.organization_id, 1, criterion.scale_max, at
        from s inner join project on project.id = ${projectId} inner join project_revision on project_revision.project_id = project.id and project_revision.revision = project.revision
          inner join criterion on criterion.project_id = project.id
          inner join project_role as evaluator on evaluator.project_id = project.id and evaluator.role = 'evaluator'
        where s.status = 'interviewed' and (is_judged or k = 4 and evaluator.member_id = (select min(member_id) from project_role where project_id = ${projectId} and role = 'evaluator'))`,
    ];
  });
}

/** The request of a call as the typed client sends it, to be sent again many times. */
export async function questionOf<Answer>(
  url: string,
  token: string,
  call: (anteroom: Client) => Promise<Answer>,
): Promise<{ question: Question; answer: Answer }> {
  const sent: Question[] = [];
  const anteroom = createAnteroom({
    url,
    token,
    fetch: (address, init) => {
      const { pathname, search } = new URL(address);
      const headers = Object.fromEntries(new Headers(init.headers).entries());
      sent.push({ path: `${pathname}${search}`, headers, body: String(init.body) });
      return fetch(address, init);
    },
  });
  const answer = await call(anteroom);
  const [question] = sent;
  if (!question) throw new Error("The call was not sent.");
  return { question, answer };
}
