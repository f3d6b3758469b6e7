// `npm run bench`: what the house costs. README.md in this folder says what each measure is, how to run it and how to read what it prints.
import { parseArgs } from "node:util";
import { stopAll } from "./bed.ts";
import { compare } from "./compare.ts";
import { benchImport } from "./import.ts";
import { benchInviteMany } from "./invite-many.ts";
import { benchPages } from "./pages.ts";
import { benchRefchecks } from "./refchecks.ts";
import { benchScale } from "./scale.ts";
import { scenarios } from "./scenarios.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: "string" }, kill: { type: "boolean" } },
});

/** Other builds of the Worker, to be measured in the same run: `npm run bench -- list before.js after.js`. */
const otherBundles = positionals.filter((word) => word.endsWith(".js"));

const measures: Readonly<Record<string, () => Promise<void>>> = {
  ...Object.fromEntries(scenarios.map((scenario) => [scenario.name, () => compare(scenario, otherBundles)])),
  createAndInviteMany: benchInviteMany,
  import: () => benchImport(values.kill ?? false),
  pages: benchPages,
  refchecks: benchRefchecks,
  scale: () => benchScale(values.keep),
};
const named = positionals.filter((word) => !word.endsWith(".js"));
// What is large takes its minutes: only when it is named.
const large: readonly string[] = ["import", "pages", "refchecks", "scale"];
const wanted = named.length > 0 ? named : Object.keys(measures).filter((name) => !large.includes(name));

process.once("SIGINT", () => stopAll().then(() => process.exit(130)));
try {
  for (const name of wanted) {
    const measure = measures[name];
    if (!measure) throw new Error(`There is no measure called ${name}, but ${Object.keys(measures).join(", ")}.`);
    await measure();
    await stopAll();
  }
} finally {
  await stopAll();
}
