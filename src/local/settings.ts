// The settings of a local run: what the environment says, completed with what a laptop needs.
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { Settings } from "../app/settings.ts";
import { Trouble } from "./process.ts";

const secretBytes = 32;

export const settingNames: readonly string[] = Object.keys(Settings.shape);

/** What is wrong with a value, in a few words; undefined when nothing is. */
export function faultOf(name: string, value: string): string | undefined {
  const result = z.partial(Settings).safeParse({ [name]: value });
  return result.success ? undefined : result.error.issues[0]?.message;
}

/** Made once and kept readable for its owner only: sessions survive a restart. */
function keptSecret(directory: string): string {
  const path = join(directory, "sealing-secret");
  try {
    writeFileSync(path, randomBytes(secretBytes).toString("base64url"), { flag: "wx", mode: 0o600 });
  } catch {
    // It is there from an earlier start.
  }
  return readFileSync(path, "utf8").trim();
}

export type LocalSettings = {
  readonly directory: string;
  readonly url: string;
  readonly databaseUrl: string;
  /** Of a server that was started for this installation alone. */
  readonly isOwnDatabase: boolean;
  readonly environment: NodeJS.ProcessEnv;
};

export function localSettings(local: LocalSettings): Record<string, string> {
  const { directory, url, databaseUrl, isOwnDatabase, environment } = local;
  const given = settingNames.flatMap((name) => {
    const value = environment[name];
    return value ? [[name, value] as const] : [];
  });
  const values: Record<string, string> = {
    PUBLIC_URL: url,
    MAILBOX: "on",
    ...(isOwnDatabase && { DATABASE_STREAMS: "kept" }),
    ...Object.fromEntries(given),
    DATABASE_URL: databaseUrl,
  };
  values.SEALING_SECRET ??= keptSecret(directory);
  const faults = Object.entries(values).flatMap(([name, value]) => {
    const fault = faultOf(name, value);
    return fault === undefined ? [] : [`${name}: ${fault}`];
  });
  if (faults.length > 0) throw new Trouble(`The environment sets what Anteroom cannot use.\n  ${faults.join("\n  ")}`);
  return values;
}
