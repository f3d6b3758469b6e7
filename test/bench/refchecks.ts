// `npm run bench -- refchecks`: a page of 200,000 refchecks against the same page of two thousand, by whatever filters and by whomever, first and
// in depth. Fails where it costs more than 1.5 times as much, and where the same measure cannot tell OFFSET.
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { connect } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { encodeCursor } from "../../src/kernel/page.ts";
import { bundleWorker } from "../../src/local/wrangler.ts";
import { refcheckStatuses } from "../../src/refcheck/machine.ts";
import { fewCount, questionOf, rareName } from "./arrange.ts";
import { fillRefchecks, givenRefcheckHouse, type RefcheckHouse, writeDownLate } from "./arrange-refchecks.ts";
import { say } from "./bed.ts";
import { type Asked, calls, type Installation, installed, ledgerOf, statementOf, timed } from "./sizes.ts";

const sizes = { small: Number(process.env.BENCH_SMALL ?? 2_000), large: Number(process.env.BENCH_LARGE ?? 200_000) };
/** Of what can be asked, only what is called so. */
const only = new RegExp(process.env.BENCH_ONLY ?? "");
const ratioMax = 1.5;
/** sqld does so once a minute; before that every page is read out of a log. */
const checkpointMs = 70_000;
const depths = [0.25, 0.5, 0.75, 0.99];
const pageSize = 20;
const dayMs = 24 * 3_600_000;
const yearMs = 365 * dayMs;

type ListInput = Parameters<Parameters<Parameters<typeof questionOf>[2]>[0]["refcheck"]["list"]["query"]>[0];
type Site = Installation & { readonly house: RefcheckHouse; readonly count: number };
type Wanted = (house: RefcheckHouse) => NonNullable<ListInput>;
type Who = (house: RefcheckHouse) => string;

async function siteOf(name: keyof typeof sizes, code: string): Promise<Site> {
  const count = sizes[name];
  say(`Arranging ${count.toLocaleString("en")} refchecks …`);
  const installation = await installed(`${name} of refchecks`, code);
  const house = await givenRefcheckHouse(installation, count);
  await fillRefchecks(house, count);
  return { ...installation, house, count };
}

const ago = (ms: number) => new Date(Date.now() - ms);
const recent = { createdFrom: ago(7 * dayMs) };
const old = { createdTo: ago(yearMs - 90 * dayMs) };

const byOwner: Readonly<Record<string, Wanted>> = {
  "no filter": () => ({}),
  ...Object.fromEntries(refcheckStatuses.map((status) => [`status ${status}`, () => ({ status })])),
  "role, many": ({ roles }) => ({ roleId: roles.many }),
  "role, few": ({ roles }) => ({ roleId: roles.few }),
  "role, none": ({ roles }) => ({ roleId: roles.none }),
  "team, many": ({ teams }) => ({ teamId: teams.many }),
  "team, few": ({ teams }) => ({ teamId: teams.few }),
  "team, none": ({ teams }) => ({ teamId: teams.none }),
  "search, many": () => ({ search: "ana" }),
  "search, few": () => ({ search: rareName }),
  "search, none": () => ({ search: "nobody has this" }),
  "created, recent": () => recent,
  "created, old": () => old,
  "created, between": () => ({ createdFrom: ago(200 * dayMs), createdTo: ago(100 * dayMs) }),
  "created, none": () => ({ createdTo: ago(2 * yearMs) }),
  "status + role, many": ({ roles }) => ({ status: "completed", roleId: roles.many }),
  "status + role, few": ({ roles }) => ({ status: "canceled", roleId: roles.few }),
  "expired + role": ({ roles }) => ({ status: "expired", roleId: roles.many }),
  "status + team": ({ teams }) => ({ status: "in_progress", teamId: teams.many }),
  "status + search, many": () => ({ status: "completed", search: "ana" }),
  "status + search, few": () => ({ status: "completed", search: rareName }),
  "expired + search, few": () => ({ status: "expired", search: rareName }),
  "status + created": () => ({ status: "awaiting_references", ...recent }),
  "expired + created": () => ({ status: "expired", ...old }),
  "role + search, none": ({ roles }) => ({ roleId: roles.many, search: "nobody has this" }),
  "created + search": () => ({ ...old, search: rareName }),
};

const byManager: Readonly<Record<string, Wanted>> = {
  "no filter": () => ({}),
  "status completed": () => ({ status: "completed" }),
  "status expired": () => ({ status: "expired" }),
  "role, many": ({ roles }) => ({ roleId: roles.many }),
  "team, many": ({ teams }) => ({ teamId: teams.many }),
  "search, few": () => ({ search: rareName }),
  "created, recent": () => recent,
  "status + search, few": () => ({ status: "in_progress", search: rareName }),
  "expired + search, none": () => ({ status: "expired", search: "nobody has this" }),
};

/** Once the sweep has been there. */
const byOwnerInTime = Object.fromEntries(Object.entries(byOwner).filter(([name]) => name.includes("expired")));

const { head, tell, mention, end } = ledgerOf(sizes, ratioMax);

const asOne = ({ house }: Site, who: Who, wanted: Wanted, cursor?: string) =>
  questionOf(house.url, who(house), ({ refcheck }) =>
    refcheck.list.query({ size: pageSize, ...wanted(house), ...(cursor && { cursor }) }),
  );

/** The cursor behind which that part of all refchecks lies. */
async function cursorAt({ house, count }: Site, depth: number): Promise<string> {
  const db = connect({ url: house.databaseUrl, timeoutMs: 60_000 });
  const offset = Math.floor(count * depth) - 1;
  const { id } = await db.read({
    id: raw(sql`select id from refcheck order by id desc limit 1 offset ${offset}`, (rows) => String(rows[0]?.[0])),
  });
  return encodeCursor("refchecks", [id]);
}

/**
 * First pages are compared with first pages; those in depth with the smaller one's second page, or with its first where
 * the second is not full: at the same depth it might have nothing left to look at.
 */
async function compare(small: Site, large: Site, who: Who, whose: string, wanted: Readonly<Record<string, Wanted>>) {
  const cursors = await Promise.all(depths.map((depth) => cursorAt(large, depth)));
  for (const [name, filter] of Object.entries(wanted)) {
    if (!only.test(name)) continue;
    const [a, b] = [await asOne(small, who, filter), await asOne(large, who, filter)];
    const second = a.answer.nextCursor ? await asOne(small, who, filter, a.answer.nextCursor) : a;
    const later = second.answer.items.length < pageSize ? a : second;
    const deep = await Promise.all(cursors.map((cursor) => asOne(large, who, filter, cursor)));
    const all = [a, later, b, ...deep];
    const counts = all.map(({ answer }) => `${answer.items.length}${answer.nextCursor ? "…" : ""}`);
    const took = await timed(
      all.map(({ question }, index): Asked => [index < 2 ? small.target : large.target, question]),
    );
    const [first = 0, next = 0, largeFirst = 0, ...others] = took;
    tell(`${whose}, ${name} (${counts[0]}, ${counts[2]})`, [first, largeFirst]);
    for (const [index, ms] of others.entries())
      tell(`${whose}, ${name}, after ${100 * (depths[index] ?? 0)} % (${counts[1]}, ${counts[index + 3]})`, [next, ms]);
  }
}

const summaries: Readonly<Record<string, Wanted>> = {
  "summary of all": () => ({}),
  "summary of a role of many": ({ roles }) => ({ roleId: roles.many }),
  "summary of a role of few": ({ roles }) => ({ roleId: roles.few }),
  "summary of what is searched, many": () => ({ search: "ana" }),
  "summary of recent ones": () => recent,
};

async function mentionSummaries(small: Site, large: Site): Promise<void> {
  for (const [name, wanted] of Object.entries(summaries)) {
    if (!only.test(name)) continue;
    const asked = await Promise.all(
      [small, large].map(async ({ house, target }): Promise<Asked> => {
        const { question } = await questionOf(house.url, house.token, ({ refcheck }) =>
          refcheck.summary.query(wanted(house)),
        );
        return [target, question];
      }),
    );
    mention(name, await timed(asked));
  }
}

/** The same measure over what it has to catch. */
const skipping = (site: Site): Asked =>
  statementOf(
    site,
    `select * from refcheck where role_id = '${site.house.roles.many}' order by id desc limit ${pageSize} offset ${Math.floor(site.count / 2)}`,
  );

export async function benchRefchecks(): Promise<void> {
  const { code } = await bundleWorker();
  const small = await siteOf("small", code);
  const large = await siteOf("large", code);
  say("Waiting until the databases have put away what was written …");
  await pause(checkpointMs);
  say(`${fewCount} of each are few. ${calls} calls each.`);
  head("a page of 20, p50 ms");
  await compare(small, large, ({ token }) => token, "owner", byOwner);
  await compare(small, large, ({ managerTokens }) => managerTokens.ofOneTeam, "manager of a team", byManager);
  await compare(small, large, ({ managerTokens }) => managerTokens.ofTwoTeams, "manager of two", byManager);
  head("what counts all, p50 ms: no bound");
  await mentionSummaries(small, large);
  for (const { house } of [small, large]) await writeDownLate(house);
  head(`all but ${fewCount} of what is late are written down`);
  await compare(small, large, ({ token }) => token, "owner", byOwnerInTime);
  end(await timed([skipping(small), skipping(large)]));
}
