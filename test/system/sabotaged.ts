// The Worker's own bundle with a deliberate fault in it, for what only whole processes can show.
import { bundleWorker } from "../../src/local/wrangler.ts";

type Fault = { readonly right: string; readonly wrong: string };

/** Each right passage must stand in the bundle exactly once: one that was rewritten is told, not passed over. */
export async function sabotaged(...faults: readonly Fault[]): Promise<string> {
  const { code } = await bundleWorker({ minify: false });
  return faults.reduce((before, { right, wrong }) => {
    const [first, second, ...more] = before.split(right);
    if (first === undefined || second === undefined || more.length > 0) {
      throw new Error(`The bundle no longer holds this once: ${right}`);
    }
    return `${first}${wrong}${second}`;
  }, code);
}
