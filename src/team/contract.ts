// Team: a group of members inside an organization; the first is made with it. Pure.
import * as z from "zod";
import { idOf } from "../kernel/ids.ts";

export const Team = z.object({
  id: idOf("tem"),
  name: z.string(),
  isDefault: z.boolean(),
  createdAt: z.date(),
  archivedAt: z.date().nullable(),
});
export type Team = z.infer<typeof Team>;
