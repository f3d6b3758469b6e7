// Team: a group of members inside an organization; the first is made with it. Pure.
import * as z from "zod/mini";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { accessLevels } from "../kernel/scope.ts";
import { line, Search } from "../kernel/shapes.ts";

export const Team = z.object({
  id: idOf("tem"),
  name: z.string(),
  isDefault: z.boolean(),
  createdAt: z.date(),
  archivedAt: z.nullable(z.date()),
});
export type Team = z.infer<typeof Team>;

/** A team as a member sees it. `mayManage`: whoever asks may rename it, change who is in it and, unless it is the default one, archive it. */
export const ShownTeam = z.extend(Team, { memberCount: z.number().check(z.int()), mayManage: z.boolean() });
export type ShownTeam = z.infer<typeof ShownTeam>;

export const TeamName = line(120);

export const CreateTeam = z.object({ name: TeamName });
export type CreateTeam = z.infer<typeof CreateTeam>;

export const TeamIn = z.object({ teamId: idOf("tem") });
export type TeamIn = z.infer<typeof TeamIn>;

export const RenameTeam = z.extend(TeamIn, { name: TeamName });
export type RenameTeam = z.infer<typeof RenameTeam>;

/** `memberId`: only the teams this member is in. Without `status`, active and archived ones. */
export const ListTeams = z.extend(PageIn, {
  search: z.optional(Search),
  status: z.optional(z.enum(["active", "archived"])),
  memberId: z.optional(idOf("mem")),
});
export type ListTeams = z.infer<typeof ListTeams>;

export const TeamPage = pageOf(ShownTeam);

/** Somebody's place in a team. */
export const TeamMember = z.object({
  memberId: idOf("mem"),
  firstName: z.string(),
  lastName: z.string(),
  email: z.string(),
  access: z.enum(accessLevels),
  isAdmin: z.boolean(),
  joinedAt: z.date(),
});
export type TeamMember = z.infer<typeof TeamMember>;

export const ListTeamMembers = z.extend(PageIn, { teamId: idOf("tem") });
export type ListTeamMembers = z.infer<typeof ListTeamMembers>;

export const TeamMemberPage = pageOf(TeamMember);

export const AddTeamMember = z.extend(TeamIn, { memberId: idOf("mem"), isAdmin: z._default(z.boolean(), false) });
export type AddTeamMember = z.infer<typeof AddTeamMember>;

export const TeamMemberIn = z.extend(TeamIn, { memberId: idOf("mem") });
export type TeamMemberIn = z.infer<typeof TeamMemberIn>;

export const SetTeamAdmin = z.extend(TeamMemberIn, { isAdmin: z.boolean() });
export type SetTeamAdmin = z.infer<typeof SetTeamAdmin>;
