import * as store from "./store.ts";

/** Makes a user a member, in the caller's own write. Refuses with `already_member`. */
export const becomeMember = store.insertMember;
