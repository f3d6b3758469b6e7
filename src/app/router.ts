import { identityRouter } from "../identity/router.ts";
import { organizationRouter } from "../organization/router.ts";
import { router } from "./trpc.ts";

/** The whole API, one line a noun. */
export const appRouter = router({
  identity: identityRouter,
  organization: organizationRouter,
});

export type AppRouter = typeof appRouter;
