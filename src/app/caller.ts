import type { Caller } from "../kernel/deps.ts";

const deviceCharsMax = 200;

/** What a frontend may call a browser: random, and long enough to be one browser's alone. */
const deviceIdShape = /^[\w-]{16,100}$/;

/** A country, and neither what the edge does not know nor a network without one. */
const countryShape = /^(?!XX$)[A-Z]{2}$/;

function matching(shape: RegExp, value: string | null): string | null {
  return value !== null && shape.test(value) ? value : null;
}

/** Address and country as Cloudflare's edge tells them; nothing between it and the Worker can set these headers. */
export function callerOf({ headers }: Request): Caller {
  return {
    ip: headers.get("cf-connecting-ip"),
    country: matching(countryShape, headers.get("cf-ipcountry")),
    deviceId: matching(deviceIdShape, headers.get("x-device-id")),
    device: (headers.get("user-agent") ?? "unknown").slice(0, deviceCharsMax),
  };
}
