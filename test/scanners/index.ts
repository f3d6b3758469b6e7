// `npm run scanners`: mail scanners with a browser. Chromium opens every link, runs whatever scripts the built-in page has and
// presses every button on it, beside those that only ask by HTTP; then the people come. Exits with 1 when one does not get in.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { letterTo, tokenOf } from "../../client/demo/mailbox.ts";
import { createAnteroom } from "../../client/index.ts";
import { startAnteroom } from "../../src/local/anteroom.ts";
import { freePort } from "../../src/local/process.ts";
import { givenOpenHouse } from "../system/open-house.ts";
import { lookers, type Machine, presser } from "./machines.ts";

const people = 100;
const signers = 5;
const buttonsMax = 5;

const browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = process.env.CHROMIUM ?? browsers.find((path) => existsSync(path));
if (executablePath === undefined) {
  console.error("There is no Chromium here. Install one, or say where it is: CHROMIUM=/path npm run scanners.");
  process.exit(1);
}

let pressed = 0;

/** Opens the page, lets its scripts run, and presses every button there is, and those that come after. */
function browserMachine(browser: Browser, presses: boolean): Machine {
  return {
    what: presses ? "Chromium, every button pressed" : "Chromium, only looking",
    async scan(_, address) {
      const context = await browser.newContext();
      try {
        const page = await context.newPage();
        await page.goto(address, { waitUntil: "networkidle" });
        const buttons = page.locator("button, input[type=submit], input[type=button], a[href]");
        for (let nth = 0; presses && nth < buttonsMax && (await buttons.count()) > 0; nth += 1) {
          await buttons.first().click();
          await page.waitForLoadState("networkidle");
          pressed += 1;
        }
      } finally {
        await context.close();
      }
    },
  };
}

async function scanned(url: string, browser: Browser): Promise<boolean> {
  const send = (request: Request) => fetch(request);
  const { client, projectId } = await givenOpenHouse(url);
  const machines = [...lookers, browserMachine(browser, false), presser, browserMachine(browser, true)];
  console.log(machines.map(({ what }) => what).join("; "));
  const visitor = createAnteroom({ url });
  let came = 0;
  let unchanged = 0;
  for (let nth = 0; nth < people; nth += 1) {
    const email = `candidate.${nth}@example.com`;
    const { id: interviewId, version } = await client.interview.createAndInvite.mutate({
      ...{ projectId, candidate: { email, firstName: "Cleo", lastName: `Number ${nth}` } },
    });
    const letter = await letterTo(url, email);
    for (const { scan } of machines) await scan(send, letter.url?.href ?? "");
    const now = await client.interview.get.query({ interviewId });
    if (now.status === "invited" && now.version === version) unchanged += 1;
    const { token } = await visitor.identity.useLink.mutate({ token: tokenOf(letter) });
    const confirmed = await createAnteroom({ url, token }).interview.confirm.mutate({ interviewId });
    if (confirmed.status === "confirmed") came += 1;
  }
  console.log(`invitations: ${came} of ${people} people got in, ${unchanged} of ${people} statuses stood as they had.`);
  console.log(`Chromium pressed ${pressed} buttons.`);

  const email = "owner@example.com";
  let signedIn = 0;
  // One letter, of the sign-up, has come before.
  for (let before = 1; before <= signers; before += 1) {
    await visitor.identity.askForLink.mutate({ email });
    const letter = await letterTo(url, email, before);
    for (const { scan } of [...lookers, browserMachine(browser, false)]) await scan(send, letter.url?.href ?? "");
    await visitor.identity.useLink.mutate({ token: tokenOf(letter) });
    signedIn += 1;
  }
  console.log(`sign-in links that were only looked at: ${signedIn} of ${signers} signed in.`);
  return came === people && unchanged === people && signedIn === signers && pressed >= people;
}

const directory = mkdtempSync(join(tmpdir(), "anteroom-scanners-"));
const anteroom = await startAnteroom({ directory, port: await freePort(), environment: {}, log: "file" });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  process.exitCode = (await scanned(anteroom.url, browser)) ? 0 : 1;
} finally {
  await browser.close();
  await anteroom.stop();
  rmSync(directory, { recursive: true, force: true });
}
