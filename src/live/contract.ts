// Live: what has changed of the interviews a member sees, since they last asked. Pure.
import * as z from "zod/mini";
import { Interview } from "../interview/contract.ts";
import { idOf } from "../kernel/ids.ts";
import { PageIn } from "../kernel/page.ts";

/** Without a cursor nothing is told but where to go on from: ask so first, then list, then follow. */
export const ChangesSince = z.extend(PageIn, { projectId: z.optional(idOf("prj")) });
export type ChangesSince = z.infer<typeof ChangesSince>;

/** One thing that has changed, as it stands now. Each thing stands once, at its last change. */
export const Change = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("changed"), interview: Interview }),
  z.object({ kind: z.literal("gone"), interviewId: idOf("itv") }),
  /** Something that shows in all interviews of the project, or with `null` in what the member sees at all: list them again. */
  z.object({ kind: z.literal("look_again"), projectId: z.nullable(idOf("prj")) }),
]);
export type Change = z.infer<typeof Change>;

/** In the order of their last changes. With `isMore` ask again at once, else when you like: nothing is missed however late. */
export const Changes = z.object({ items: z.array(Change), cursor: z.string(), isMore: z.boolean() });
export type Changes = z.infer<typeof Changes>;
