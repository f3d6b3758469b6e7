// `npm run chaos -- --cycles 1000 --seed 7`: kills the Worker and the database at random instants while people use them, and says
// what was lost. Exits with 1 when anything was.
import { parseArgs } from "node:util";
import { runChaos } from "./run.ts";

const { values } = parseArgs({
  options: { cycles: { type: "string", default: "100" }, seed: { type: "string" }, spare: { type: "boolean" } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const cycles = Number(values.cycles);
console.log(`${cycles} cycles, seed ${seed}`);
const { figures, complaints } = await runChaos({
  ...{ cycles, seed, waiting: values.spare ? "spare" : "sit_out" },
  onCycle: (line) => console.log(line),
});
const nameWidth = 50;
for (const [name, figure] of Object.entries(figures))
  console.log(`${name.padEnd(nameWidth)}${String(figure).padStart(10)}`);
console.log(`${"complaints".padEnd(nameWidth)}${String(complaints.length).padStart(10)}`);
for (const complaint of complaints.slice(0, 50)) console.log(`  ${complaint}`);
process.exit(complaints.length > 0 ? 1 : 0);
