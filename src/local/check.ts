// `npm run check`: everything a change must pass, cheapest first. Stops at the first step that fails and shows what it said.
// `--no-tests` leaves the suite out, for whoever runs it apart.
import { bundleBudget, startupBudget } from "./budget.ts";
import { type Outcome, root, Trouble } from "./process.ts";
import { migrationsAreUpToDate } from "./schema-check.ts";
import { run } from "./wrangler.ts";

type Step = { readonly name: string; readonly take: () => Promise<Outcome> };

function tool(name: string, ...args: string[]): () => Promise<Outcome> {
  return async () => {
    const { code, output } = await run(`${root}node_modules/.bin/${name}`, args);
    return { ok: code === 0, output };
  };
}

function suite(...args: string[]): () => Promise<Outcome> {
  return async () => {
    const { ok, output = "" } = await tool("vitest", "run", "--config", "test/vitest.config.ts", ...args)();
    const [tests] = output.match(/^\s*Tests\s+.+$/m) ?? [];
    return { ok, output, ...(tests && { note: tests.replace(/^\s*Tests\s+/, "") }) };
  };
}

const steps: readonly Step[] = [
  { name: "types", take: tool("tsc", "-p", ".") },
  { name: "types of the scripts", take: tool("tsc", "-p", "src/local") },
  { name: "lint and format", take: tool("biome", "check", "--error-on-warnings", ".") },
  { name: "import rules and pure code", take: suite("--project", "pure") },
  { name: "nothing unused", take: tool("knip") },
  { name: "migrations match the schema", take: migrationsAreUpToDate },
  { name: "bundle size", take: bundleBudget },
  { name: "start-up time", take: startupBudget },
];

const everyTest: Step = { name: "every test", take: suite() };

const nameWidth = 30;

for (const { name, take } of process.argv.includes("--no-tests") ? steps : [...steps, everyTest]) {
  const startedAt = Date.now();
  process.stdout.write(`${name.padEnd(nameWidth)}`);
  const { ok, note = "", output = "" } = await take();
  const seconds = `${((Date.now() - startedAt) / 1_000).toFixed(1)} s`.padStart(8);
  console.log(`${ok ? "ok    " : "FAILED"}${seconds}  ${note}`);
  if (!ok) throw new Trouble(`\n${output}\n\n"${name}" failed. What came after it was not tried.`);
}
