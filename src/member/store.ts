import { member } from "../../db/schema/index.ts";
import { build, run, unlessTaken } from "../../db/statement.ts";

export function insertMember(values: typeof member.$inferInsert) {
  return unlessTaken(run(build.insert(member).values(values)), "already_member");
}
