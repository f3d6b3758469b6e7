import type { Caller } from "../kernel/deps.ts";

const deviceCharsMax = 200;

/** As Cloudflare's edge tells it; nothing between it and the Worker can set this header. */
export function callerOf(request: Request): Caller {
  return {
    ip: request.headers.get("cf-connecting-ip") ?? "local",
    device: (request.headers.get("user-agent") ?? "unknown").slice(0, deviceCharsMax),
  };
}
