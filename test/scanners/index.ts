// `npm run scanners`: mail scanners with a browser. Chromium opens every link, runs whatever scripts the built-in page has and
// presses everything on it, beside those that only ask by HTTP; then the people come. Exits with 1 when one does not get in, a
// status has changed, or a page that was spoilt on purpose is not found out. README.md in this folder says what it said.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { letterTo, tokenOf } from "../../client/demo/mailbox.ts";
import { type Anteroom as Client, createAnteroom } from "../../client/index.ts";
import { startAnteroom } from "../../src/local/anteroom.ts";
import { freePort } from "../../src/local/process.ts";
import { chromiumPath } from "../support/chromium.ts";
import { givenOpenHouse } from "../system/open-house.ts";
import { type BrowserMachine, browserMachine } from "./browser.ts";
import { lookers, type Machine, presser } from "./machines.ts";
import { type Spoilt, startSpoilt } from "./saboteur.ts";

const people = 100;
const members = 5;
const saboteurs = 5;
const atOnce = 5;

const executablePath = chromiumPath;
if (executablePath === undefined) {
  console.error("There is no Chromium here. Install one, or say where it is: CHROMIUM=/path npm run scanners.");
  process.exit(1);
}

const send = (request: Request) => fetch(request);

type House = { readonly url: string; readonly client: Client; readonly projectId: `prj_${string}` };
type Got = { readonly came: number; readonly unchanged: number };

/** A few at a time; how many of them answered yes, by question. */
async function countedOf(
  count: number,
  one: (nth: number) => Promise<{ came: boolean; unchanged: boolean }>,
): Promise<Got> {
  const found: { came: boolean; unchanged: boolean }[] = [];
  for (let first = 0; first < count; first += atOnce) {
    const size = Math.min(atOnce, count - first);
    found.push(...(await Promise.all(Array.from({ length: size }, (_, nth) => one(first + nth)))));
  }
  return {
    came: found.filter(({ came }) => came).length,
    unchanged: found.filter(({ unchanged }) => unchanged).length,
  };
}

async function throughAll(machines: readonly Machine[], address: string): Promise<void> {
  for (const { scan } of machines) await scan(send, address);
}

/** Does it go well? What goes wrong is why they did not get in. */
const goesWell = (call: Promise<unknown>) =>
  call.then(
    () => true,
    () => false,
  );

/** `door`: where their link is opened, when that is not where it leads. */
function invited(house: House, machines: readonly Machine[], plan: { count: number; name: string; door?: string }) {
  const { url, client, projectId } = house;
  return countedOf(plan.count, async (nth) => {
    const email = `${plan.name}.${nth}@example.com`;
    const { id: interviewId, version } = await client.interview.createAndInvite.mutate({
      ...{ projectId, candidate: { email, firstName: "Cleo", lastName: `Number ${nth}` } },
    });
    const letter = await letterTo(url, email);
    await throughAll(machines, new URL(letter.url?.pathname ?? "", plan.door ?? url).href);
    const now = await client.interview.get.query({ interviewId });
    const enter = async () => {
      const { token } = await createAnteroom({ url }).identity.useLink.mutate({ token: tokenOf(letter) });
      await createAnteroom({ url, token }).interview.confirm.mutate({ interviewId });
    };
    return { came: await goesWell(enter()), unchanged: now.status === "invited" && now.version === version };
  });
}

const emailOf = (nth: number) => `member.${nth}@example.com`;
const passwordOf = (nth: number) => `seven wild geese over water ${nth}`;

/** People offered a membership: nobody has answered for them, and they accept. */
async function offered({ url, client }: House, machines: readonly Machine[]): Promise<Got> {
  const invites = Array.from({ length: members }, (_, nth) => ({ email: emailOf(nth), access: "recruiter" as const }));
  await client.invite.create.mutate({ invites });
  return countedOf(members, async (nth) => {
    const email = emailOf(nth);
    const letter = await letterTo(url, email);
    await throughAll(machines, letter.url?.href ?? "");
    const { items } = await client.invite.list.query({ search: email });
    const accept = createAnteroom({ url }).invite.accept.mutate({
      ...{ email, token: tokenOf(letter), password: passwordOf(nth), firstName: "Mel", lastName: `Number ${nth}` },
    });
    return { came: await goesWell(accept), unchanged: items[0]?.status === "INVITED" };
  });
}

/** Members who have forgotten their password: the old one still opens, until they have set the new. */
async function forgetful({ url }: House, machines: readonly Machine[]): Promise<Got> {
  const visitor = createAnteroom({ url });
  return countedOf(members, async (nth) => {
    const email = emailOf(nth);
    await visitor.identity.askForPasswordReset.mutate({ email });
    const letter = await letterTo(url, email, 1);
    await throughAll(machines, letter.url?.href ?? "");
    const unchanged = await goesWell(visitor.identity.signIn.mutate({ email, password: passwordOf(nth) }));
    const password = `another goose over land ${nth}`;
    const reset = visitor.identity.resetPassword.mutate({ token: tokenOf(letter), password });
    return { came: await goesWell(reset.then(() => visitor.identity.signIn.mutate({ email, password }))), unchanged };
  });
}

/** Members who ask for a link to sign in with: it works once, so only for who looks (decision 005). */
async function signers({ url }: House, machines: readonly Machine[]): Promise<Got> {
  const visitor = createAnteroom({ url });
  return countedOf(members, async (nth) => {
    const email = emailOf(nth);
    await visitor.identity.askForLink.mutate({ email });
    const letter = await letterTo(url, email, 2);
    await throughAll(machines, letter.url?.href ?? "");
    return { came: await goesWell(visitor.identity.useLink.mutate({ token: tokenOf(letter) })), unchanged: true };
  });
}

async function throughSpoilt(house: House, browser: Browser, how: Spoilt): Promise<Got> {
  const spoiltHouse = await startSpoilt(house.url, how);
  try {
    const machines = [browserMachine(browser, false), browserMachine(browser, true)];
    const name = how.replaceAll(" ", "-");
    return await invited(house, machines, { count: saboteurs, name, door: spoiltHouse.url });
  } finally {
    await spoiltHouse.stop();
  }
}

function told({ labels, pressed }: BrowserMachine): string {
  return `Chromium pressed ${pressed()} times: ${[...labels].map((label) => `"${label}"`).join(", ")}.`;
}

async function scanned(url: string, browser: Browser): Promise<boolean> {
  const house: House = { url, ...(await givenOpenHouse(url)) };
  const looking = browserMachine(browser, false);
  const pressing = browserMachine(browser, true);
  const all = [...lookers, looking, presser, pressing];
  console.log(all.map(({ what }) => what).join("; "));
  let isWell = true;
  const say = (
    what: string,
    { came, unchanged }: Got,
    count: number,
    isRight = came === count && unchanged === count,
  ) => {
    console.log(`${what}: ${came} of ${count} got in, of ${unchanged} nothing had changed.`);
    isWell &&= isRight;
  };
  say("invitations", await invited(house, all, { count: people, name: "candidate" }), people);
  const pressedByThem = pressing.pressed();
  say("offers of membership", await offered(house, all), members);
  say("forgotten passwords", await forgetful(house, all), members);
  say("sign-in links only looked at", await signers(house, [...lookers, looking]), members);
  console.log(told(pressing));
  for (const how of ["a script that confirms", "a second button that confirms"] as const satisfies readonly Spoilt[]) {
    const got = await throughSpoilt(house, browser, how);
    say(`saboteur, ${how}`, got, saboteurs, got.unchanged === 0);
  }
  return isWell && pressedByThem >= people;
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
