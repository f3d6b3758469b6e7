// Asks one question again and again over connections that stay open, and counts.
import { readdirSync, readFileSync } from "node:fs";
import { type Agent, request } from "node:http";
import type { Question } from "./arrange.ts";

export type Target = {
  readonly name: string;
  readonly url: string;
  /** The process whose CPU time the answers cost. */
  readonly pid: number;
  /** Its connections, which stay open from round to round. */
  readonly agent: Agent;
};

export type Round = {
  readonly answers: number;
  readonly perSecond: number;
  /** CPU that the Worker's process spent on one answer; NaN where /proc does not tell. */
  readonly cpuMs: number;
  /** CPU that the database spent on it. */
  readonly databaseCpuMs: number;
  readonly latenciesMs: readonly number[];
};

const nanosPerMs = 1_000_000;

/** https://docs.kernel.org/scheduler/sched-stats.html: the first number of a thread is its time on a CPU, in nanoseconds. */
export function cpuMsOf(pid: number): number {
  if (process.platform !== "linux") return Number.NaN;
  const threads = readdirSync(`/proc/${pid}/task`);
  const spent = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
  );
  return spent.reduce((sum, nanos) => sum + nanos, 0) / nanosPerMs;
}

/** One answer's bytes. */
export function ask(target: Target, question: Question): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${target.url}${question.path}`, {
      method: "POST",
      headers: { ...question.headers, "content-length": Buffer.byteLength(question.body) },
      agent: target.agent,
    });
    sent.once("error", reject);
    sent.once("response", (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.once("error", reject);
      response.once("end", () => {
        const body = Buffer.concat(parts);
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`${target.name} answered ${response.statusCode}: ${body.toString()}`));
      });
    });
    sent.end(question.body);
  });
}

export type Load = {
  readonly connections: number;
  readonly ms: number;
  readonly expected: Buffer;
  readonly databasePid: number;
};

/** Keeps every connection busy for so long. Rejects at the first answer that is not the expected one. */
export async function measure(target: Target, question: Question, load: Load): Promise<Round> {
  const { connections, ms, expected, databasePid } = load;
  const latenciesMs: number[] = [];
  const cpuBefore = [cpuMsOf(target.pid), cpuMsOf(databasePid)] as const;
  const startedAt = performance.now();
  async function keepAsking() {
    for (let askedAt = startedAt; askedAt - startedAt < ms; ) {
      const body = await ask(target, question);
      if (!body.equals(expected)) throw new Error(`${target.name} gave another answer under load.`);
      const now = performance.now();
      latenciesMs.push(now - askedAt);
      askedAt = now;
    }
  }
  await Promise.all(Array.from({ length: connections }, keepAsking));
  const seconds = (performance.now() - startedAt) / 1_000;
  return {
    answers: latenciesMs.length,
    perSecond: latenciesMs.length / seconds,
    cpuMs: (cpuMsOf(target.pid) - cpuBefore[0]) / latenciesMs.length,
    databaseCpuMs: (cpuMsOf(databasePid) - cpuBefore[1]) / latenciesMs.length,
    latenciesMs,
  };
}
