import type { Database } from "../../db/database.ts";
import type { Postman } from "../kernel/deps.ts";
import type { Settings } from "./env.ts";

export function postmanFor(_settings: Settings, _db: Database): Postman {
  return { deliver: async () => ({ outcome: "later", why: "no postman" }) };
}
