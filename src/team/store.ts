import { team, teamMember } from "../../db/schema/index.ts";
import { build, run } from "../../db/statement.ts";

export function insertTeam(values: typeof team.$inferInsert) {
  return run(build.insert(team).values(values));
}

export function insertTeamMember(values: typeof teamMember.$inferInsert) {
  return run(build.insert(teamMember).values(values));
}
