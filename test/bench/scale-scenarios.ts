// What `npm run bench -- scale` asks. One entry, one line of the table: add an entry when there is something more to ask for.
import type { Anteroom as Client } from "../../client/index.ts";
import { encodeCursor } from "../../src/kernel/page.ts";
import { rareName } from "./arrange.ts";
import {
  candidateAt,
  dialCode,
  type Placed,
  placeInFirstStage,
  rareDomain,
  rareEmployer,
  rareSkill,
  rareWord,
  type Whom,
} from "./arrange-scale.ts";

const dayMs = 24 * 3_600_000;
const pageSize = 20;
const ago = (days: number) => new Date(Date.now() - days * dayMs);

/** Asks one thing in one of the organizations, and says in a word what came. */
type Ask = (anteroom: Client, placed: Placed) => Promise<string>;
export type Scenario = { readonly name: string; readonly who: Whom; readonly ask: Ask };

type Page = { readonly items: readonly unknown[]; readonly nextCursor: string | null };
const told = ({ items, nextCursor }: Page) => `${items.length}${nextCursor ? "…" : ""}`;

type Filters = Parameters<Client["candidate"]["listPage"]["query"]>[0];

/** Where that part of the large one lies behind; of the small one half at most, so that there is as much to look at. */
const depthIn = ({ isLarge }: Placed, depth: number) => (isLarge ? depth : Math.min(depth, 0.5));

/** The list as it is opened, and as it is in depth. */
const list =
  (filters: Filters, depth = 0): Ask =>
  async ({ candidate }, placed) => {
    const cursor = depth > 0 && encodeCursor("candidates", [candidateAt(placed, depthIn(placed, depth))]);
    return told(await candidate.list.query({ size: pageSize, ...filters, ...(cursor && { cursor }) }));
  };

const listPage =
  (filters: Filters): Ask =>
  async ({ candidate }) => {
    const { items, total, isTotalCapped } = await candidate.listPage.query({ take: pageSize, ...filters });
    return `${items.length} of ${total}${isTotalCapped ? "+" : ""}`;
  };

/** One filter each, and some that are used together. */
const filters: Readonly<Record<string, Filters>> = {
  "no filter": {},
  "with interviews and refchecks": { include: ["user", "source", "interviews", "refchecks"] },
  "status, many": { status: "APPLIED" },
  "status, fewer": { status: "HIRED" },
  "tag, many": { tag: "barista" },
  "tag, few": { tag: "rare" },
  "tag, none": { tag: "nobody has this" },
  "source, many": { source: "LinkedIn" },
  "source, few": { source: "A fair" },
  "rating, many": { ratingFrom: 3 },
  "rating, few": { ratingFrom: 5 },
  "created, recent": { createdFrom: ago(7) },
  "created, old": { createdTo: ago(275) },
  "created, between": { createdFrom: ago(200), createdTo: ago(100) },
  "created, none": { createdFrom: ago(-2) },
  "status + source": { status: "HIRED", source: "Referral" },
  "status + tag": { status: "INTERVIEWED", tag: "remote" },
  "tag + source + rating": { tag: "remote", source: "Referral", ratingFrom: 4 },
  "skill, many": { skill: { name: "Roasting" } },
  "skill, few": { skill: { name: rareSkill, level: "EXPERT" } },
  "employer, many": { employer: "City Library" },
  "employer, few": { employer: rareEmployer },
  "e-mail": { email: "nobody@people.example" },
  "hired, between": { hiredFrom: "2020-01-01", hiredTo: "2099-12-31" },
  "skill + status": { skill: { name: "Roasting" }, status: "HIRED" },
  "status + created": { status: "REJECTED", createdTo: ago(275) },
};

const searches: Readonly<Record<string, Filters>> = {
  "a common name": { search: "ana" },
  "a whole name": { search: "marco rossi" },
  "a rare name": { search: rareName },
  "part of a common address": { search: "@people" },
  "part of a rare address": { search: rareDomain },
  "a number in an address": { search: "rossi.777" },
  "phone, many": { search: dialCode },
  "phone, digits": { search: "+31 20 123" },
  "a common skill": { search: "forklift" },
  "a rare skill": { search: rareSkill },
  "a common employer": { search: "harbour roasters" },
  "a rare employer": { search: rareEmployer },
  "a word in many notes": { search: "come back on a" },
  "a word in few notes": { search: rareWord },
  nobody: { search: "nobody has this" },
  "a common name + created, none": { search: "ana", createdFrom: ago(-2) },
  "a whole name + status": { search: "marco rossi", status: "APPLIED" },
  "a rare name + status": { search: rareName, status: "APPLIED" },
  "a rare name + tag": { search: rareName, tag: "rare" },
  "a rare name + source": { search: rareName, source: "LinkedIn" },
};

/** Of those who see few it matters how many they see, and how many there are besides. */
const managers: Readonly<Record<string, Filters>> = {
  "no filter": {},
  status: { status: "APPLIED" },
  tag: { tag: "barista" },
  source: { source: "LinkedIn" },
  "rating, many": { ratingFrom: 3 },
  "created, old": { createdTo: ago(275) },
  "search, a common name": { search: "ana" },
  "search, a rare name": { search: rareName },
  "search, nobody": { search: "nobody has this" },
};

const depths = [0, 0.5, 0.99];
const place = (depth: number) => (depth === 0 ? "" : `, after ${100 * depth} %`);
const named = <Value>(of: Readonly<Record<string, Value>>) => Object.entries(of);

/** A page of each filter, as it is opened and in depth. */
function listed(name: string, who: Whom, of: Readonly<Record<string, Filters>>): Scenario[] {
  return named(of).flatMap(([what, filter]) =>
    depths.map((depth) => ({ name: `${name}, ${what}${place(depth)}`, who, ask: list(filter, depth) })),
  );
}

const middle = (placed: Placed) => candidateAt(placed, 0.5);

export const scenarios: readonly Scenario[] = [
  ...listed("list", "owner", filters),
  ...listed("search", "owner", searches),
  ...listed("manager of few", "few", managers),
  ...listed("manager of many", "many", managers),
  ...named({ ...filters, ...searches }).map(([what, filter]) => ({
    ...{ name: `page and total, ${what}`, who: "owner" as const, ask: listPage(filter) },
  })),
  { name: "page and total, a thousand on", who: "owner", ask: listPage({ skip: 1_000 }) },
  { name: "manager of few, page and total", who: "few", ask: listPage({}) },
  { name: "manager of many, page and total", who: "many", ask: listPage({}) },
  {
    ...{ name: "one candidate", who: "owner" },
    ask: async ({ candidate }, placed) => (await candidate.get.query({ candidateId: middle(placed) })).status,
  },
  {
    ...{ name: "what happened to one", who: "owner" },
    ask: async ({ candidate }, placed) => told(await candidate.events.query({ candidateId: middle(placed) })),
  },
  ...(["desc", "asc"] as const).map(
    (direction): Scenario => ({
      ...{ name: `timeline, ${direction}`, who: "owner" },
      ask: async ({ candidate }, placed) =>
        told(await candidate.timeline.query({ candidateId: middle(placed), direction })),
    }),
  ),
  {
    ...{ name: "timeline, letters alone", who: "owner" },
    ask: async ({ candidate }, placed) =>
      told(await candidate.timeline.query({ candidateId: middle(placed), kinds: ["letter"] })),
  },
  ...(["desc", "asc"] as const).map(
    (direction): Scenario => ({
      ...{ name: `meetings, ${direction}`, who: "owner" },
      ask: async ({ meeting }) => told(await meeting.list.query({ size: pageSize, direction })),
    }),
  ),
  {
    ...{ name: "meetings of one", who: "owner" },
    ask: async ({ meeting }, placed) =>
      told(await meeting.list.query({ size: pageSize, direction: "asc", candidateId: middle(placed) })),
  },
  {
    ...{ name: "board", who: "owner" },
    ask: async ({ pipeline }, { house: { pipelineId } }) => {
      const { stages } = await pipeline.board.query({ pipelineId, size: pageSize });
      return stages.map(({ total: { count, isCapped } }) => `${count}${isCapped ? "+" : ""}`).join(" ");
    },
  },
  {
    ...{ name: "board, 50 of each stage", who: "owner" },
    ask: async ({ pipeline }, { house: { pipelineId } }) =>
      String((await pipeline.board.query({ pipelineId, size: 50 })).stages.length),
  },
  ...depths.map(
    (depth): Scenario => ({
      ...{ name: `cards of a stage${place(depth)}`, who: "owner" },
      ask: async ({ placement }, placed) => {
        const { stageId, rank } = placeInFirstStage(placed, depthIn(placed, depth));
        const cursor = depth > 0 && encodeCursor("placements", [rank]);
        return told(await placement.list.query({ stageId, size: pageSize, ...(cursor && { cursor }) }));
      },
    }),
  ),
  {
    ...{ name: "times in stages", who: "owner" },
    ask: async ({ pipeline }, { house: { pipelineId } }) =>
      String((await pipeline.times.query({ pipelineId })).stages.length),
  },
];
