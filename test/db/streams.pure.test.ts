import { sql } from "drizzle-orm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { connect, DatabaseFailure } from "../../db/database.ts";
import { raw } from "../../db/statement.ts";
import { keptStreams } from "../../db/streams.ts";

const statement = raw(sql`select 1`, () => "read");
const fine = { rows: [], affected_row_count: 0 };
const result = { step_results: [fine, fine, fine, fine], step_errors: [null, null, null, null] };

type Sent = { readonly baton: string | null; readonly requests: readonly { readonly type: string }[] };
let servers = 0;

/** A server as strict as sqld: a baton is good once, and after a restart for nothing. */
function server({ elsewhere = false, broken = false } = {}) {
  const open = new Set<string>();
  let batons = 0;
  const told = { ran: 0, refused: 0, opened: 0, openMost: 0 };
  const send: typeof fetch = async (_, init) => {
    const { baton, requests }: Sent = JSON.parse(String(init?.body));
    if (baton !== null && !open.delete(baton)) {
      told.refused += 1;
      return new Response("Received an invalid baton", { status: 400 });
    }
    if (baton === null) told.opened += 1;
    told.ran += 1;
    const closes = requests.some(({ type }) => type === "close");
    batons += 1;
    if (!closes) open.add(`baton ${batons}`);
    told.openMost = Math.max(told.openMost, open.size);
    const first = broken ? { type: "error", error: { message: "no" } } : { type: "ok", response: { result } };
    const named = { baton: closes ? null : `baton ${batons}`, base_url: elsewhere ? "http://elsewhere" : null };
    return Response.json({ ...named, results: [first] });
  };
  servers += 1;
  const db = connect({ url: `http://127.0.0.1:1/${servers}`, fetch: send, keepsStreams: true });
  const restart = () => open.clear();
  return { db, told, restart, open, ask: () => db.read({ statement }) };
}

describe("a stream that stays open", () => {
  test("serves one after the other, and one at a time", async () => {
    const { told, ask } = server();
    for (let nth = 0; nth < 20; nth += 1) await ask();
    expect(told).toEqual({ ran: 20, refused: 0, opened: 1, openMost: 1 });
  });

  test("is one of eight at most, however many ask in the same moment", async () => {
    const { told, ask } = server();
    for (let turn = 0; turn < 3; turn += 1) await Promise.all(Array.from({ length: 40 }, ask));
    expect(told).toEqual({ ran: 120, refused: 0, opened: 40 + 2 * 32, openMost: 8 });
  });

  test("that the server has forgotten is a new one, and what was asked runs once", async () => {
    const { db, told, restart } = server();
    await Promise.all(Array.from({ length: 5 }, () => db.write([statement])));
    restart();
    expect(await db.write([statement])).toEqual(["read"]);
    expect(told).toMatchObject({ ran: 6, refused: 1, opened: 6 });
  });

  test("is not asked again once something is not as it should be: the server wants it elsewhere, or what was asked did not run", async () => {
    const moved = server({ elsewhere: true });
    for (let nth = 0; nth < 3; nth += 1) await moved.ask();
    expect(moved.told.opened).toBe(3);
    const odd = server({ broken: true });
    for (let nth = 0; nth < 3; nth += 1) await expect(odd.ask()).rejects.toThrow(DatabaseFailure);
    expect(odd.told.opened).toBe(3);
  });

  test("is left open by nobody who was not told that it may", async () => {
    const { open, told } = server();
    const send: typeof fetch = async (_, init) => {
      const { baton, requests }: Sent = JSON.parse(String(init?.body));
      expect([baton, requests.map(({ type }) => type)]).toEqual([null, ["batch", "close"]]);
      return Response.json({ results: [{ type: "ok", response: { result } }] });
    };
    await connect({ url: "http://127.0.0.1:1/closed", fetch: send }).read({ statement });
    expect([open.size, told.ran]).toEqual([0, 0]);
  });
});

describe("what is kept of streams", () => {
  const limits = { most: 3, idleMsMax: 5, outMsMax: 20 };

  test("is forgotten before the server forgets, and by whoever never came back", () => {
    const streams = keptStreams(limits);
    streams.take(0).back("old", 0);
    expect(streams.take(5).baton).toBeNull();
    const lost = [streams.take(6), streams.take(6), streams.take(6)];
    expect(streams.take(7).stays).toBe(false);
    expect(streams.take(26).stays).toBe(true);
    lost[0]?.back("late", 27);
    expect(streams.take(27).baton).toBeNull();
  });

  test("is never given to two, and never more than there may be, in whatever order they come and go", () => {
    const turn = fc.record({ takes: fc.boolean(), which: fc.nat(9), fails: fc.boolean(), waitsMs: fc.nat(4) });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 60 }), (turns) => {
        const streams = keptStreams({ ...limits, outMsMax: 1_000 });
        const out: ReturnType<typeof streams.take>[] = [];
        let [now, batons] = [0, 0];
        const inUse = new Set<string>();
        for (const { takes, which, fails, waitsMs } of turns) {
          now += waitsMs;
          if (takes || out.length === 0) {
            const taken = streams.take(now);
            if (taken.baton !== null) expect(inUse.has(taken.baton)).toBe(false);
            if (taken.baton !== null) inUse.add(taken.baton);
            out.push(taken);
          } else {
            const [taken] = out.splice(which % out.length, 1);
            if (taken?.baton) inUse.delete(taken.baton);
            batons += 1;
            taken?.back(fails || !taken.stays ? null : `baton ${batons}`, now);
          }
          expect(out.filter(({ stays }) => stays).length).toBeLessThanOrEqual(limits.most);
        }
        const rested = Array.from({ length: 10 }, () => streams.take(now)).filter(({ baton }) => baton !== null);
        expect(rested.length).toBeLessThanOrEqual(limits.most);
      }),
    );
  });
});
