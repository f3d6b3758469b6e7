// What becomes of a candidate's address. Pure.

/** How mail to it fares: it comes back, or its reader has marked a letter as unwanted. */
export const emailStatuses = ["ok", "bounced", "complained"] as const;
