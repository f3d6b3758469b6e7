// Draws the report of the example in Chromium, as wide as a desk's screen, as narrow as a phone, and on paper: to be looked at. Ends with 1 when the
// page asks for anything, says anything on the console, or is wider than a phone.
//
//     node test/refcheck-report/picture.ts FOLDER
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { reportPage } from "../../src/sheet/page.ts";
import { chromiumPath } from "../support/chromium.ts";
import { report } from "./example.ts";

const executablePath = chromiumPath;
const [folder] = process.argv.slice(2);
if (executablePath === undefined || folder === undefined) {
  console.error("Say into which folder, and have Chromium installed, or say in CHROMIUM where it is.");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

const widths = { desk: 1_000, phone: 360 } as const;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const faults: string[] = [];
try {
  for (const [name, width] of Object.entries(widths)) {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    page.on("console", (message) => faults.push(`${name}: the console says ${message.text()}`));
    page.on("request", ({ url }) => faults.push(`${name}: asks for ${url()}`));
    await page.setContent(reportPage(report), { waitUntil: "load" });
    const needed = await page.evaluate("document.documentElement.scrollWidth");
    if (Number(needed) > width) faults.push(`${name}: is ${needed} wide`);
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    if (name === "desk") await page.pdf({ path: join(folder, "paper.pdf"), format: "A4" });
    await page.close();
  }
} finally {
  await browser.close();
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
