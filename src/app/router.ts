import { lazy } from "@trpc/server";
import { router } from "./trpc.ts";

/** The whole API, one line a noun. Each is made when it is first called, and not when the Worker starts (decisions/022). */
export const appRouter = router({
  answer: lazy(() => import("../answer/router.ts")),
  background: lazy(() => import("../background/router.ts")),
  candidate: lazy(() => import("../candidate/router.ts")),
  contact: lazy(() => import("../contact/router.ts")),
  document: lazy(() => import("../document/router.ts")),
  evaluation: lazy(() => import("../evaluation/router.ts")),
  export: lazy(() => import("../exporting/router.ts")),
  extension: lazy(() => import("../extension/router.ts")),
  feedback: lazy(() => import("../feedback/router.ts")),
  field: lazy(() => import("../field/router.ts")),
  identity: lazy(() => import("../identity/router.ts")),
  import: lazy(() => import("../importing/router.ts")),
  interview: lazy(() => import("../interview/router.ts")),
  invitation: lazy(() => import("../invitation/router.ts")),
  invite: lazy(() => import("../invite/router.ts")),
  letter: lazy(() => import("../letter/router.ts")),
  meeting: lazy(() => import("../meeting/router.ts")),
  member: lazy(() => import("../member/router.ts")),
  note: lazy(() => import("../note/router.ts")),
  offer: lazy(() => import("../slot/router.ts")),
  organization: lazy(() => import("../organization/router.ts")),
  pipeline: lazy(() => import("../pipeline/router.ts")),
  placement: lazy(() => import("../placement/router.ts")),
  project: lazy(() => import("../project/router.ts")),
  recording: lazy(() => import("../recording/router.ts")),
  refcheck: lazy(() => import("../refcheck/router.ts")),
  refcheckReport: lazy(() => import("../refcheck-report/router.ts")),
  reference: lazy(() => import("../reference/router.ts")),
  role: lazy(() => import("../role/router.ts")),
  roleTemplate: lazy(() => import("../role-template/router.ts")),
  signal: lazy(() => import("../signal/router.ts")),
  team: lazy(() => import("../team/router.ts")),
});

export type AppRouter = typeof appRouter;
