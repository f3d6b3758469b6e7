import type { RouterOutputs } from "anteroom-client";

export const answer = (me: RouterOutputs["identity"]["me"]) => me.user.passwordHash;
