import { connect } from "../../db/database.ts";
import { pause, systemClock } from "../kernel/clock.ts";
import type { Caller, Deps } from "../kernel/deps.ts";
import { nameOf } from "../kernel/errors.ts";
import { newId, random } from "../kernel/ids.ts";
import { log } from "../kernel/log.ts";
import { newToken, sealer } from "../kernel/secret.ts";
import { bucketOf } from "./bucket.ts";
import { type Env, settingsOf } from "./env.ts";
import { postmanFor, reporting } from "./postman.ts";
import { scannerFor } from "./scanner.ts";

/** Nobody is calling: a timer, a sweep, the outbox. */
export const nobody: Caller = { ip: null, country: null, deviceId: null, device: "none" };

/** Round trips to the database that the caller had to wait for. */
export type Trips = { count: number };

/**
 * Everything an action needs, made anew for each request or event: a database client never outlives the request whose
 * I/O it does.
 */
export function depsOf(
  env: Env,
  waitUntil: (work: Promise<unknown>) => void,
  caller: Caller,
  trips: Trips = { count: 0 },
  requestId?: string,
): Deps {
  const settings = settingsOf(env);
  const secrets: [string, ...string[]] = [settings.SEALING_SECRET];
  if (settings.SEALING_SECRET_OLD) secrets.push(settings.SEALING_SECRET_OLD);
  const keepsStreams = settings.DATABASE_STREAMS === "kept";
  const where = { url: settings.DATABASE_URL, token: settings.DATABASE_TOKEN, keepsStreams };
  const uncounted = connect(where);
  // What a request logs, at once or afterwards, can be found by the id that its caller was told.
  const logged: Deps["log"] = requestId === undefined ? log : (event, line) => log(event, { requestId, ...line });
  const deps: Deps = {
    db: connect({
      ...where,
      onTrip: () => {
        trips.count += 1;
      },
    }),
    now: systemClock.now,
    pause,
    newId,
    newToken,
    random,
    sealer: sealer(secrets),
    site: {
      publicUrl: settings.PUBLIC_URL,
      frontendOrigins: settings.FRONTEND_ORIGINS,
      lettersFrom: settings.LETTERS_FROM,
    },
    caller,
    alarms: {
      set: (id, dueAt) => env.DEADLINE.getByName(id).set({ id, dueAt: dueAt?.getTime() ?? null }),
      settleDue: async (id, dueAt) => env.DEADLINE.getByName("keeper").settleDue(id, dueAt),
      drainOutbox: () => env.OUTBOX.getByName("outbox").drain(),
      wakeOutbox: (at) => env.OUTBOX.getByName("outbox").wake(at.getTime()),
    },
    bucket: bucketOf(env.RECORDINGS),
    scanner: scannerFor(settings),
    postman: reporting(postmanFor(settings, uncounted), () => ({ ...deps, db: uncounted })),
    afterwards: (what, work) =>
      waitUntil(
        work({ ...deps, db: uncounted }).catch((error: unknown) =>
          logged("afterwards_failed", { what, error: nameOf(error) }),
        ),
      ),
    log: logged,
  };
  return deps;
}
