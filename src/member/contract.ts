// Member: a user inside one organization, with an access level. Pure.
import * as z from "zod/mini";
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
  startedWorkOn: z.nullable(CalendarDate),
  createdAt: z.date(),
});
export type Member = z.infer<typeof Member>;

export const memberSorts = ["name", "created"] as const;
export const directions = ["asc", "desc"] as const;

/** `search`: part of the first and last name or of the e-mail address. Names sort by last name, then first. */
export const ListMembers = z.extend(PageIn, {
  search: z.optional(Search),
  access: z.optional(AccessLevel),
  teamId: z.optional(idOf("tem")),
  sort: z._default(z.enum(memberSorts), "created"),
  direction: z._default(z.enum(directions), "asc"),
});
export type ListMembers = z.infer<typeof ListMembers>;

export const MemberPage = pageOf(Member);

export const MemberIn = z.object({ memberId: idOf("mem") });
export type MemberIn = z.infer<typeof MemberIn>;

export const ChangeAccess = z.extend(MemberIn, { access: AccessLevel });
export type ChangeAccess = z.infer<typeof ChangeAccess>;

/** What an organization knows of a member beyond the person's own profile. */
export const EditMember = z.extend(MemberIn, { startedWorkOn: z.nullable(CalendarDate) });
export type EditMember = z.infer<typeof EditMember>;
