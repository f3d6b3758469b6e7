// A corrected address: the letter goes out anew, and all that the former address could open is closed.
import { beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../db/database.ts";
import { resendInvitation } from "../../src/invitation/actions.ts";
import { newId } from "../../src/kernel/ids.ts";
import { drainOutbox } from "../../src/letter/actions.ts";
import {
  anteroom,
  database,
  givenInterviewing,
  givenInvited,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  lettersTo,
  newEmail,
  newestToken,
  refusalOf,
  systemDeps,
} from "../support/world.ts";
import { givenOut, givenPromised, statusOf } from "./invited-by-letter.ts";
import { candidateIn, lettersIn, newestLetter, tell, timesTold } from "./post.ts";

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;
beforeAll(async () => {
  house = await givenOrganization();
  project = await givenProject(house);
});

const staff = () => house.owner.client;

describe("correcting the address", () => {
  test("sends a new link to the new one, and the old link, its sessions and its password are dead", async () => {
    const { interview, email, token, client } = await givenInvited(house, project);
    const interviewId = interview.id;
    const password = "eight brown bears in a wood";
    await client.interview.confirm.mutate({ interviewId, password });
    const [older, letter] = [await newestToken(email), await newestLetter(email)];
    await tell("complaint", letter.id);

    const corrected = newEmail("corrected");
    const answer = await staff().invitation.correctAddress.mutate({ interviewId, email: corrected.toUpperCase() });
    expect(answer).toEqual({ interviewId, email: corrected, isResent: true });
    expect((await staff().interview.get.query({ interviewId })).candidate).toMatchObject({
      ...{ id: interview.candidate.id, email: corrected, emailStatus: "ok", emailDeadSince: null },
    });
    expect((await staff().interview.list.query({ search: corrected })).items).toHaveLength(1);
    expect((await staff().interview.list.query({ search: email })).items).toHaveLength(0);

    expect((await refusalOf(anteroom().identity.useLink.mutate({ token: older }))).reason).toBe("link_dead");
    expect((await refusalOf(anteroom(token).interview.own.query({ interviewId }))).reason).toBe("signed_out");
    const { slug: organization } = house.organization;
    for (const tried of [email, corrected]) {
      const signIn = anteroom().identity.signInCandidate.mutate({ organization, email: tried, password });
      expect((await refusalOf(signIn)).reason).toBe("wrong_credentials");
    }
    const [sent] = await lettersTo(corrected);
    expect(sent?.subject).toContain("invites you to an interview");
    const entered = await anteroom().identity.useLink.mutate({ token: sent?.token ?? "" });
    expect(entered).toMatchObject({ kind: "candidate", interviewId });
    expect(await anteroom(entered.token).interview.own.query({ interviewId })).toMatchObject({ status: "confirmed" });
  });

  test("sends one for every interview that still takes the candidate, and for no other", async () => {
    const email = newEmail("candidate");
    const [first, second, over] = [
      await givenOut(house, project, email),
      await givenOut(house, await givenProject(house), email),
      await givenOut(house, await givenProject(house), email),
    ];
    await staff().interview.skip.mutate({ interviewId: over.interviewId });
    const links = (await lettersTo(email)).map(({ token }) => token ?? "");
    const corrected = newEmail("corrected");
    const { isResent } = await staff().invitation.correctAddress.mutate({
      interviewId: over.interviewId,
      email: corrected,
    });
    expect(isResent).toBe(false);
    const sent = (await lettersIn(corrected)).map(({ interviewId }) => interviewId);
    expect(sent.sort()).toEqual([first.interviewId, second.interviewId].sort());
    const opened = await Promise.all(links.map((token) => anteroom().identity.openLink.query({ token })));
    expect(opened.map(({ alive }) => alive)).toEqual([false, false, false]);
  });

  test("what was waiting for the old address is withdrawn, whatever link is in it", async () => {
    const out = await givenOut(house, project);
    const { email, interviewId } = out;
    await givenPromised(out);
    await staff().invitation.correctAddress.mutate({ interviewId, email: newEmail("corrected") });
    await drainOutbox(systemDeps());
    expect(await newestLetter(email)).toMatchObject({ status: "withdrawn", sealedToken: null });
  });

  test("lets somebody in the middle of it go on from the new letter", async () => {
    const { interview } = await givenInterviewing(house, project);
    const interviewId = interview.id;
    const corrected = newEmail("corrected");
    await staff().invitation.correctAddress.mutate({ interviewId, email: corrected });
    const { token } = await anteroom().identity.useLink.mutate({ token: await newestToken(corrected) });
    expect(await anteroom(token).interview.own.query({ interviewId })).toMatchObject({ status: "interviewing" });
  });

  test("to the address of another candidate is refused, and nothing has changed", async () => {
    const [one, other] = [await givenOut(house, project), await givenOut(house, project)];
    const correct = staff().invitation.correctAddress.mutate({ interviewId: one.interviewId, email: other.email });
    expect(await refusalOf(correct)).toMatchObject({ reason: "address_taken", code: "CONFLICT" });
    expect((await candidateIn(one.candidateId)).email).toBe(one.email);
    const { alive } = await anteroom().identity.openLink.query({ token: await newestToken(one.email) });
    expect(alive).toBe(true);
  });

  test("to the very same says that it is right: it is tried anew, and told anew when that comes back too", async () => {
    const { interview, email, token } = await givenInvited(house, project);
    const interviewId = interview.id;
    const [older, olderToken] = [await newestLetter(email), await newestToken(email)];
    await tell("hard", older.id);
    await staff().invitation.correctAddress.mutate({ interviewId, email });
    expect(await statusOf(house, interviewId)).toBe("ok");
    await tell("hard", older.id);
    await tell("complaint", older.id);
    expect(await statusOf(house, interviewId)).toBe("ok");
    expect(await timesTold(house.owner.email, interviewId)).toBe(1);

    // Whoever reads it is the same: they stay signed in, by a newer link.
    expect(await anteroom(token).interview.own.query({ interviewId })).toMatchObject({ status: "invited" });
    expect((await anteroom().identity.openLink.query({ token: olderToken })).alive).toBe(false);
    const newer = await newestLetter(email);
    expect(newer.id).not.toBe(older.id);
    await tell("hard", newer.id);
    expect(await statusOf(house, interviewId)).toBe("bounced");
    expect(await timesTold(house.owner.email, interviewId)).toBe(2);
  });

  test("is for who manages all of the candidate's interviews", async () => {
    const manager = await givenMember(house, "hiring_manager");
    const own = await givenProject(house);
    await staff().project.assignRole.mutate({
      projectId: own.id,
      memberId: manager.memberId,
      role: "interview_manager",
    });
    const { interviewId, email, candidateId } = await givenOut(house, own);
    const mine = { interviewId, email: newEmail("corrected") };
    await manager.client.invitation.correctAddress.mutate(mine);
    await givenOut(house, project, mine.email);
    const again = manager.client.invitation.correctAddress.mutate({ interviewId, email });
    expect((await refusalOf(again)).reason).toBe("not_allowed");
    expect((await candidateIn(candidateId)).email).toBe(mine.email);
  });

  test("is not undone by a letter that was decided before it and is written after it", async () => {
    const { interviewId } = await givenOut(house, project);
    const corrected = newEmail("corrected");
    const { userId, memberId, access } = house.owner;
    const { id: organizationId } = house.organization;
    const scope = { kind: "member", sessionId: newId("ses"), userId, memberId, organizationId, access } as const;
    const db = database();
    const read: Database["read"] = async (asked) => {
      const found = await db.read(asked);
      await staff().invitation.correctAddress.mutate({ interviewId, email: corrected });
      return found;
    };
    const late = resendInvitation(systemDeps({ db: { ...db, read } }), scope, { interviewId });
    await expect(late).rejects.toMatchObject({ reason: "moved_on" });
    const { alive } = await anteroom().identity.openLink.query({ token: await newestToken(corrected) });
    expect(alive).toBe(true);
  });

  test("many times at once is one of them, with its own link alone", async () => {
    const { interviewId, candidateId } = await givenOut(house, project);
    const wanted = Array.from({ length: 6 }, () => newEmail("corrected"));
    const answers = await Promise.all(
      wanted.map((email) =>
        staff()
          .invitation.correctAddress.mutate({ interviewId, email })
          .then(
            () => email,
            () => null,
          ),
      ),
    );
    const { email: stands } = await candidateIn(candidateId);
    expect(answers.filter((email) => email !== null)).toContain(stands);
    const { links } = await staff().invitation.show.query({ interviewId });
    expect(links.filter(({ revokedAt }) => revokedAt === null)).toHaveLength(1);
    const { token } = await anteroom().identity.useLink.mutate({ token: await newestToken(stands) });
    expect((await anteroom(token).candidate.me.query()).email).toBe(stands);
  });
});
