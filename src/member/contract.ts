// Member: a user inside one organization, with an access level. Pure.
import * as z from "zod";
import { idOf } from "../kernel/ids.ts";
import { PageIn, pageOf } from "../kernel/page.ts";
import { accessLevels } from "../kernel/scope.ts";
import { CalendarDate, Search } from "../kernel/shapes.ts";

export const AccessLevel = z.enum(accessLevels);

export const Member = z.object({
  id: idOf("mem"),
  userId: idOf("usr"),
  email: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  access: AccessLevel,
  startedWorkOn: CalendarDate.nullable(),
  createdAt: z.date(),
});
export type Member = z.infer<typeof Member>;

export const memberSorts = ["name", "created"] as const;
export const directions = ["asc", "desc"] as const;

/** `search`: part of the first and last name or of the e-mail address. Names sort by last name, then first. */
export const ListMembers = PageIn.extend({
  search: Search.optional(),
  access: AccessLevel.optional(),
  teamId: idOf("tem").optional(),
  sort: z.enum(memberSorts).default("created"),
  direction: z.enum(directions).default("asc"),
});
export type ListMembers = z.infer<typeof ListMembers>;

export const MemberPage = pageOf(Member);

export const MemberIn = z.object({ memberId: idOf("mem") });
export type MemberIn = z.infer<typeof MemberIn>;

export const ChangeAccess = MemberIn.extend({ access: AccessLevel });
export type ChangeAccess = z.infer<typeof ChangeAccess>;

/** What an organization knows of a member beyond the person's own profile. */
export const EditMember = MemberIn.extend({ startedWorkOn: CalendarDate.nullable() });
export type EditMember = z.infer<typeof EditMember>;
