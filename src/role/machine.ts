// A role's life: open for candidates, then closed, and nothing after that. Pure.

export const roleStatuses = ["open", "closed"] as const;
export type RoleStatus = (typeof roleStatuses)[number];
