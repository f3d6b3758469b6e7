import { anyone, anySession, router, signedIn } from "../app/trpc.ts";
import { askForLink, askForPasswordReset } from "../asking/actions.ts";
import { PageIn } from "../kernel/page.ts";
import * as sessions from "../session/actions.ts";
import { SessionIn, SessionPage } from "../session/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";

export const identityRouter = router({
  signUp: anyone
    .input(contract.SignUp)
    .output(contract.LetterOnItsWay)
    .mutation(({ ctx, input }) => actions.signUp(ctx.deps, input)),
  signIn: anyone
    .input(contract.SignIn)
    .output(contract.SignedIn)
    .mutation(({ ctx, input }) => actions.signIn(ctx.deps, input)),
  signInCandidate: anyone
    .input(contract.SignInCandidate)
    .output(contract.CandidateSignedIn)
    .mutation(({ ctx, input }) => actions.signInCandidate(ctx.deps, input)),
  askForLink: anyone
    .input(contract.AskForLink)
    .output(contract.LetterOnItsWay)
    .mutation(({ ctx, input }) => askForLink(ctx.deps, input)),
  askForPasswordReset: anyone
    .input(contract.AskForLink)
    .output(contract.LetterOnItsWay)
    .mutation(({ ctx, input }) => askForPasswordReset(ctx.deps, input)),
  resetPassword: anyone
    .input(contract.ResetPassword)
    .output(contract.Done)
    .mutation(({ ctx, input }) => actions.resetPassword(ctx.deps, input)),
  openLink: anyone
    .input(contract.LinkIn)
    .output(contract.OpenedLink)
    .query(({ ctx, input }) => actions.openLink(ctx.deps, input)),
  useLink: anyone
    .input(contract.UseLink)
    .output(contract.UsedLink)
    .mutation(({ ctx, input }) => actions.useLink(ctx.deps, input)),
  enter: signedIn
    .input(contract.Enter)
    .output(contract.SignedIn)
    .mutation(({ ctx, input }) => actions.enter(ctx.deps, ctx.scope, input)),
  me: signedIn.output(contract.Me).query(({ ctx }) => actions.me(ctx.deps, ctx.scope)),
  editProfile: signedIn
    .input(contract.EditProfile)
    .output(contract.User)
    .mutation(({ ctx, input }) => actions.editProfile(ctx.deps, ctx.scope, input)),
  changePassword: signedIn
    .input(contract.ChangePassword)
    .output(contract.Done)
    .mutation(({ ctx, input }) => actions.changePassword(ctx.deps, ctx.scope, input)),
  signOut: anySession.output(contract.Done).mutation(({ ctx }) => sessions.signOut(ctx.deps, ctx.scope)),
  sessions: anySession
    .input(PageIn)
    .output(SessionPage)
    .query(({ ctx, input }) => sessions.listSessions(ctx.deps, ctx.scope, input)),
  revokeSession: anySession
    .input(SessionIn)
    .output(contract.Done)
    .mutation(({ ctx, input }) => sessions.revokeSession(ctx.deps, ctx.scope, input)),
});
