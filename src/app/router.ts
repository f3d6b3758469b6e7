import { answerRouter } from "../answer/router.ts";
import { candidateRouter } from "../candidate/router.ts";
import { evaluationRouter } from "../evaluation/router.ts";
import { extensionRouter } from "../extension/router.ts";
import { identityRouter } from "../identity/router.ts";
import { interviewRouter } from "../interview/router.ts";
import { invitationRouter } from "../invitation/router.ts";
import { inviteRouter } from "../invite/router.ts";
import { letterRouter } from "../letter/router.ts";
import { memberRouter } from "../member/router.ts";
import { organizationRouter } from "../organization/router.ts";
import { projectRouter } from "../project/router.ts";
import { recordingRouter } from "../recording/router.ts";
import { refcheckRouter } from "../refcheck/router.ts";
import { refcheckReportRouter } from "../refcheck-report/router.ts";
import { referenceRouter } from "../reference/router.ts";
import { roleRouter } from "../role/router.ts";
import { roleTemplateRouter } from "../role-template/router.ts";
import { signalRouter } from "../signal/router.ts";
import { teamRouter } from "../team/router.ts";
import { router } from "./trpc.ts";

/** The whole API, one line a noun. */
export const appRouter = router({
  answer: answerRouter,
  candidate: candidateRouter,
  evaluation: evaluationRouter,
  extension: extensionRouter,
  identity: identityRouter,
  interview: interviewRouter,
  invitation: invitationRouter,
  invite: inviteRouter,
  letter: letterRouter,
  member: memberRouter,
  organization: organizationRouter,
  project: projectRouter,
  recording: recordingRouter,
  refcheck: refcheckRouter,
  refcheckReport: refcheckReportRouter,
  reference: referenceRouter,
  role: roleRouter,
  roleTemplate: roleTemplateRouter,
  signal: signalRouter,
  team: teamRouter,
});

export type AppRouter = typeof appRouter;
