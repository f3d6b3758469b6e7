// `npm run doctor`: what is missing, to run here and to deploy. `npm run doctor -- here` and `-- deploy` ask for one of the two.
import { findingsForDeploying, findingsHere, lineOf, unseen } from "./installation.ts";
import { Trouble } from "./process.ts";

const [, , only] = process.argv;
const groups = { here: findingsHere, deploy: findingsForDeploying };
const titles: Readonly<Record<string, string>> = {
  here: "To run here (npm start)",
  deploy: "To deploy (npm run deploy)",
};

let missing = 0;
for (const [name, ask] of Object.entries(groups)) {
  if (only !== undefined && only !== name) continue;
  const findings = await ask();
  console.log(`\n${titles[name]}\n${findings.map(lineOf).join("\n")}`);
  if (name === "deploy") console.log(`\n  ${unseen}`);
  missing += findings.filter(({ advice }) => advice !== undefined).length;
}
if (missing > 0) throw new Trouble(`\n${missing} to mend.`);
console.log("\nNothing is missing.");
