import type { Env as AppEnv } from "../../src/app/env.ts";

declare global {
  namespace Cloudflare {
    interface Env extends AppEnv {}
    interface GlobalProps {
      mainModule: typeof import("../../src/worker.ts");
    }
  }
}
