import { inviteStatuses } from "../../../src/invite/contract.ts";
import { newId } from "../../../src/kernel/ids.ts";
import { encodeCursor } from "../../../src/kernel/page.ts";
import { memberSorts } from "../../../src/member/contract.ts";
import { newMeeting } from "../../support/meeting.ts";
import { newCandidate } from "../../support/pipeline.ts";
import {
  type ActorName,
  newestSession,
  newInterview,
  newMember,
  newUser,
  password,
  resetPassword,
  type Stage,
  setPassword,
  tokenOf,
  userOf,
} from "../../support/stage.ts";
import { anteroom, newEmail, newestToken } from "../../support/world.ts";
import { type Case, forAnyone, forAnySession, forMembers, forStaff, inOneOrder } from "./case.ts";

const newPassword = "eight brown bears in a wood";
const newSlug = () => `walk-${crypto.randomUUID().slice(0, 12)}`;
const names = { firstName: "Eve", lastName: "Walker" };

async function newTeam({ house }: Stage): Promise<{ teamId: `tem_${string}` }> {
  return { teamId: (await house.owner.client.team.create.mutate({ name: "Night shift" })).id };
}

async function newPlace(stage: Stage) {
  const { teamId } = await newTeam(stage);
  const { memberId } = await newMember(stage.house, "recruiter");
  await stage.house.owner.client.team.addMember.mutate({ teamId, memberId });
  return { teamId, memberId };
}

/** A member with a meeting to come. */
async function newInterviewer({ house }: Stage) {
  const { memberId } = await newMember(house, "hiring_manager");
  await newMeeting(house, await newCandidate(house), memberId);
  return { memberId };
}

async function newInvite({ house }: Stage) {
  const email = newEmail("invited");
  const { results } = await house.owner.client.invite.create.mutate({ invites: [{ email, access: "recruiter" }] });
  return { email, inviteId: results[0]?.inviteId };
}

async function heldInvite(stage: Stage) {
  const { email } = await newInvite(stage);
  return { email, token: await newestToken(email) };
}

async function linkFor(purpose: "askForLink" | "askForPasswordReset"): Promise<string> {
  const { email } = await newUser();
  await anteroom().identity[purpose].mutate({ email });
  return newestToken(email);
}

/** By somebody who works there. */
async function askedAtTheHouse({ house }: Stage) {
  const { email } = await newMember(house, "recruiter");
  return { input: { email, organization: house.organization.slug } };
}

/** A session of whoever calls, other than the one they call with. */
async function ownSession(stage: Stage, actor: ActorName) {
  const whose = await newInterview(stage.house, stage.project.id, "confirmed");
  await tokenOf(stage, actor, whose);
  const userId = userOf(stage, actor);
  if (userId !== null) return { whose, input: { sessionId: await newestSession({ userId }) } };
  return { whose, input: { sessionId: await newestSession(whose) } };
}

/** Whoever is in the team's organization, but manages neither all teams nor this one. */
const below = {
  recruiter: "not_allowed",
  hiringManager: "not_allowed",
  interviewManager: "not_allowed",
  evaluator: "not_allowed",
} as const;

/** Taking out somebody else; leaving is shown with the members. */
const others = below;

/** Where there is only one's own session to name: somebody else's is not there. */
const notTheirs = {
  otherCandidate: "not_found",
  candidateByOtherLink: "not_found",
  candidateByRefcheck: "not_found",
  candidateByOffer: "not_found",
  foreignCandidate: "not_found",
  reference: "not_found",
} as const;

export const peopleCases: Readonly<Record<string, Case>> = {
  "identity.signUp": forAnyone({
    prepare: () => ({ input: { ...names, email: newEmail(), password, timeZone: "Europe/Amsterdam" } }),
  }),
  "identity.signIn": forAnyone({
    prepare: async () => ({ input: { email: (await newUser()).email, password } }),
    foreign: { organizationId: "ok" },
  }),
  "identity.signInCandidate": forAnyone({
    prepare: async ({ house, invited }) => {
      await setPassword(invited);
      // As it is now: other calls may have changed it.
      const { slug } = await house.owner.client.organization.get.query();
      return { input: { organization: slug, email: invited.email, password } };
    },
  }),
  "identity.askForLink": forAnyone({ prepare: askedAtTheHouse }),
  "identity.askForPasswordReset": forAnyone({ prepare: askedAtTheHouse }),
  "identity.resetPassword": forAnyone({
    prepare: async () => ({ input: { token: await linkFor("askForPasswordReset"), password: newPassword } }),
  }),
  "identity.openLink": forAnyone({ prepare: async () => ({ input: { token: await linkFor("askForLink") } }) }),
  "identity.useLink": forAnyone({ prepare: async () => ({ input: { token: await linkFor("askForLink") } }) }),
  "identity.enter": forStaff({
    but: { homeless: "not_found", stranger: "not_found" },
    prepare: ({ house }) => ({ input: { organizationId: house.organization.id } }),
  }),
  "identity.me": forStaff({ prepare: () => ({}) }),
  "identity.editProfile": forStaff({ prepare: () => ({ input: { ...names, timeZone: "Asia/Tokyo" } }) }),
  "identity.changePassword": forStaff({
    prepare: async (stage, actor) => {
      const userId = userOf(stage, actor);
      if (userId !== null) await resetPassword(userId);
      return { input: { current: password, next: newPassword } };
    },
  }),
  "identity.signOut": forAnySession({ prepare: () => ({}) }),
  "identity.sessions": forAnySession({
    prepare: () => ({ input: { size: 5 } }),
    ways: inOneOrder("sessions", [newId("ses")]),
  }),
  "identity.revokeSession": forAnySession({ but: notTheirs, prepare: ownSession }),

  "organization.create": forStaff({ prepare: () => ({ input: { name: "A house", slug: newSlug() } }) }),
  "organization.get": forMembers("hiring_manager", { but: { stranger: "ok" }, prepare: () => ({}) }),
  "organization.edit": forMembers("admin", {
    but: { stranger: "ok" },
    prepare: () => ({ input: { senderName: "The house", timeZone: "Europe/Amsterdam" } }),
  }),

  "member.list": forMembers("hiring_manager", {
    but: { stranger: "ok" },
    prepare: () => ({ input: { size: 5, sort: "name" } }),
    foreign: { teamId: "ok" },
    ways: ({ house }) => ({
      orders: memberSorts.flatMap((sort) =>
        (["asc", "desc"] as const).map((direction) => ({
          input: { sort, direction },
          cursor: encodeCursor(`members by ${sort} ${direction}`, [...(sort === "name" ? ["bo"] : []), newId("mem")]),
          ...(sort === "name" && { sortsAll: "as many as work there; a name is the user's, beyond any index" }),
        })),
      ),
      filters: [{ search: "bo" }, { access: "recruiter" }, { teamId: house.team.id }],
    }),
  }),
  "member.get": forMembers("hiring_manager", {
    prepare: ({ members }) => ({ input: { memberId: members.admin.memberId } }),
  }),
  "member.edit": forMembers("admin", {
    prepare: async ({ house }) => ({
      input: { memberId: (await newMember(house, "hiring_manager")).memberId, startedWorkOn: "2024-02-01" },
    }),
  }),
  "member.changeAccess": forMembers("admin", {
    prepare: async ({ house }) => ({
      input: { memberId: (await newMember(house, "hiring_manager")).memberId, access: "recruiter" },
    }),
  }),
  "member.remove": forMembers("hiring_manager", {
    but: others,
    prepare: async (stage) => ({ input: await newInterviewer(stage) }),
  }),

  "team.create": forMembers("admin", { but: { stranger: "ok" }, prepare: () => ({ input: { name: "Day shift" } }) }),
  "team.get": forMembers("hiring_manager", { prepare: ({ house }) => ({ input: { teamId: house.team.id } }) }),
  "team.list": forMembers("hiring_manager", {
    but: { stranger: "ok" },
    prepare: () => ({ input: { size: 5 } }),
    foreign: { memberId: "ok" },
    ways: ({ members }) =>
      inOneOrder("teams", [newId("tem")], ...[{ search: "shift" }, { status: "active" }, { status: "archived" }], {
        memberId: members.admin.memberId,
      })(),
  }),
  "team.rename": forMembers("hiring_manager", {
    but: below,
    prepare: async (stage) => ({ input: { ...(await newTeam(stage)), name: "Late shift" } }),
  }),
  "team.archive": forMembers("hiring_manager", {
    but: below,
    prepare: async (stage) => ({ input: await newTeam(stage) }),
  }),
  "team.members": forMembers("hiring_manager", {
    prepare: ({ house }) => ({ input: { teamId: house.team.id, size: 5 } }),
    ways: inOneOrder("team members", [newId("mem")]),
  }),
  "team.addMember": forMembers("hiring_manager", {
    but: below,
    prepare: async (stage) => {
      const { memberId } = await newMember(stage.house, "recruiter");
      return { input: { ...(await newTeam(stage)), memberId, isAdmin: true } };
    },
  }),
  "team.removeMember": forMembers("hiring_manager", {
    but: below,
    prepare: async (stage) => ({ input: await newPlace(stage) }),
  }),
  "team.setAdmin": forMembers("hiring_manager", {
    but: below,
    prepare: async (stage) => ({ input: { ...(await newPlace(stage)), isAdmin: true } }),
  }),

  "invite.create": forMembers("admin", {
    but: { stranger: "ok" },
    prepare: () => ({ input: { invites: [{ email: newEmail("invited"), access: "recruiter" }] } }),
  }),
  "invite.list": forMembers("admin", {
    but: { stranger: "ok" },
    prepare: () => ({ input: { size: 5 } }),
    ways: inOneOrder("invites", [newId("inv")], ...inviteStatuses.map((status) => ({ status })), { search: "invited" }),
  }),
  "invite.resend": forMembers("admin", {
    prepare: async (stage) => ({ input: { inviteId: (await newInvite(stage)).inviteId } }),
  }),
  "invite.revoke": forMembers("admin", {
    prepare: async (stage) => ({ input: { inviteId: (await newInvite(stage)).inviteId } }),
  }),
  "invite.validate": forAnyone({ prepare: async (stage) => ({ input: await heldInvite(stage) }) }),
  "invite.accept": forAnyone({
    prepare: async (stage) => ({ input: { ...(await heldInvite(stage)), ...names, password: newPassword } }),
  }),
  "invite.reject": forAnyone({ prepare: async (stage) => ({ input: await heldInvite(stage) }) }),
};
