// The Worker's configuration in workerd's own language: https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp
// Settings are read from workerd's environment, so no secret is ever written into this file. Pure.
import type { WranglerConfig } from "./wrangler.ts";

export const bundleFile = "worker.js";
export const clockFile = "clock.js";

/** Only a Worker may hand another one a `scheduled` event: this one does it for whoever asks on its loopback port. */
export const clockWorker = `export default {
  async fetch(request, { ANTEROOM }) {
    const { scheduledTime, cron } = await request.json();
    return Response.json(await ANTEROOM.scheduled({ scheduledTime: new Date(scheduledTime), cron }));
  },
};
`;

const text = JSON.stringify;
const list = (items: readonly string[]) => `[${items.join(", ")}]`;

export type WorkerPlan = {
  readonly config: WranglerConfig;
  readonly port: number;
  /** Absolute. Where Durable Objects and their alarms outlive the process. */
  readonly timers: string;
  /** Where the local bucket listens. */
  readonly bucketPort: number;
  /** The settings that are set. */
  readonly settings: readonly string[];
};

export function workerConfig({ config, port, timers, bucketPort, settings }: WorkerPlan): string {
  const objects = config.durable_objects.bindings;
  const bindings = [
    ...settings.map((name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`),
    ...objects.map((object) => `(name = ${text(object.name)}, durableObjectNamespace = ${text(object.class_name)})`),
    ...config.r2_buckets.map(({ binding }) => `(name = ${text(binding)}, r2Bucket = "bucket")`),
  ];
  const namespaces = objects.map(
    ({ class_name: name }) => `(className = ${text(name)}, uniqueKey = ${text(`anteroom-${name}`)}, enableSql = true)`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "anteroom", worker = (
      modules = [(name = ${text(bundleFile)}, esModule = embed ${text(bundleFile)})],
      compatibilityDate = ${text(config.compatibility_date)},
      compatibilityFlags = ${list(config.compatibility_flags.map((flag) => text(flag)))},
      bindings = ${list(bindings)},
      durableObjectNamespaces = ${list(namespaces)},
      durableObjectStorage = (localDisk = "timers"),
    )),
    (name = "clock", worker = (
      modules = [(name = ${text(clockFile)}, esModule = embed ${text(clockFile)})],
      compatibilityDate = ${text(config.compatibility_date)},
      compatibilityFlags = ["service_binding_extra_handlers"],
      bindings = [(name = "ANTEROOM", service = "anteroom")],
    )),
    (name = "bucket", external = (address = "127.0.0.1:${bucketPort}", http = ())),
    (name = "timers", disk = (path = ${text(timers)}, writable = true)),
    # The database is on this machine, so private addresses are allowed here as they never are in production.
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [
    (name = "api", address = "127.0.0.1:${port}", http = (), service = "anteroom"),
    (name = "clock", address = "127.0.0.1:0", http = (), service = "clock"),
  ],
);
`;
}
