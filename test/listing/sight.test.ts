// What a member sees of the list, by access and by the roles they hold in projects.
import { describe, expect, test } from "vitest";
import { hourMs, after as plus } from "../../src/kernel/clock.ts";
import { givenInvited, givenMember, givenOrganization, givenProject, newEmail, refusalOf } from "../support/world.ts";

describe("a hiring manager", () => {
  test("sees the interviews of projects they hold a role in, and manages those they are interview manager of", async () => {
    const own = await givenOrganization();
    const [seen, managed, hidden] = [await givenProject(own), await givenProject(own), await givenProject(own)];
    const manager = await givenMember(own, "hiring_manager");
    const { assignRole } = own.owner.client.project;
    await assignRole.mutate({ projectId: seen.id, memberId: manager.memberId, role: "reviewer" });
    await assignRole.mutate({ projectId: managed.id, memberId: manager.memberId, role: "interview_manager" });
    const [inSeen, inManaged, inHidden] = [
      await givenInvited(own, seen),
      await givenInvited(own, managed),
      await givenInvited(own, hidden),
    ];
    const { interview: calls } = manager.client;

    const { items, total } = await calls.list.query({ direction: "asc" });
    expect(items.map(({ id, availableActions }) => [id, availableActions])).toEqual([
      [inSeen.interview.id, []],
      [inManaged.interview.id, ["skip", "set_deadline", "accommodate"]],
    ]);
    expect(total).toEqual({ count: 2, isCapped: false });
    expect((await calls.list.query({ projectId: hidden.id })).items).toEqual([]);

    const deadlineAt = plus(new Date(), hourMs);
    const person = () => ({ email: newEmail("candidate"), firstName: "Cleo", lastName: "Candidate" });
    for (const [{ interview }, project, reason] of [
      [inSeen, seen, "not_allowed"],
      [inHidden, hidden, "not_found"],
    ] as const) {
      const interviewId = interview.id;
      for (const call of [
        () => calls.setDeadline.mutate({ interviewId, deadlineAt }),
        () => calls.advance.mutate({ interviewId }),
        () => calls.skip.mutate({ interviewId }),
        () => calls.restore.mutate({ interviewId, deadlineAt }),
        () => calls.reset.mutate({ interviewId, deadlineAt }),
        () => manager.client.invitation.resend.mutate({ interviewId }),
        () => calls.create.mutate({ projectId: project.id, candidate: person() }),
        () => calls.createAndInvite.mutate({ projectId: project.id, candidate: person() }),
      ]) {
        expect(await refusalOf(call())).toMatchObject({ reason });
      }
    }
    expect(await calls.get.query({ interviewId: inSeen.interview.id })).toMatchObject({ availableActions: [] });
    expect((await calls.events.query({ interviewId: inSeen.interview.id })).items).toHaveLength(2);
    for (const query of [calls.get, calls.events]) {
      expect(await refusalOf(query.query({ interviewId: inHidden.interview.id }))).toMatchObject({
        reason: "not_found",
      });
    }
    const made = await calls.createAndInvite.mutate({ projectId: managed.id, candidate: person() });
    expect(await calls.skip.mutate({ interviewId: made.id })).toMatchObject({ status: "skipped" });
  });
});
