// A mail scanner with a browser: it runs whatever scripts the page has, and may press everything on it that can be pressed, one
// after the other, and everything on what comes after.
import type { Browser, Locator, Page } from "playwright-core";
import type { Machine } from "./machines.ts";

const pressable = "button, input[type=submit], input[type=button], [role=button], a[href]";
/** A page with more than that, or a way that is longer, is beyond a scanner's patience. */
const pressedMax = 5;
const depthMax = 3;
/** So long after a press another page may begin; one that needs to be filled in first stays. */
const turnMs = 2_000;

/** By their places in the page, one press after another. */
type Way = readonly number[];

export type BrowserMachine = Machine & {
  /** What stood on whatever was pressed. */
  readonly labels: ReadonlySet<string>;
  readonly pressed: () => number;
};

export function browserMachine(browser: Browser, presses: boolean): BrowserMachine {
  const labels = new Set<string>();
  let pressed = 0;

  async function press(page: Page, thing: Locator): Promise<void> {
    const next = page.waitForEvent("load", { timeout: turnMs }).catch(() => null);
    await thing.click();
    await next;
  }

  /** Opens it anew, for each way: what stands on the second button is only pressed on a page whose first was not. */
  async function arrive(page: Page, address: string, way: Way): Promise<Locator> {
    await page.goto(address, { waitUntil: "load" });
    for (const nth of way) await press(page, page.locator(pressable).nth(nth));
    return page.locator(pressable);
  }

  async function isElsewhere(page: Page, thing: Locator): Promise<boolean> {
    const href = await thing.getAttribute("href");
    return href !== null && new URL(href, page.url()).origin !== new URL(page.url()).origin;
  }

  async function pressAll(page: Page, address: string, way: Way): Promise<void> {
    const things = await arrive(page, address, way);
    const count = way.length === depthMax ? 0 : Math.min(pressedMax, await things.count());
    for (let nth = 0; nth < count; nth += 1) {
      const thing = (nth === 0 ? things : await arrive(page, address, way)).nth(nth);
      if (await isElsewhere(page, thing)) continue;
      labels.add((await thing.innerText()) || (await thing.getAttribute("value")) || "");
      pressed += 1;
      const before = await page.content();
      await press(page, thing);
      if ((await page.content()) !== before) await pressAll(page, address, [...way, nth]);
    }
  }

  return {
    labels,
    what: presses ? "Chromium, everything pressed" : "Chromium, only looking",
    pressed: () => pressed,
    async scan(_, address) {
      const context = await browser.newContext();
      try {
        const page = await context.newPage();
        if (presses) await pressAll(page, address, []);
        else await arrive(page, address, []);
      } finally {
        await context.close();
      }
    },
  };
}
