// Promise of the live list: what changed, in order, nothing missed. A follower that never lists again believes what a fresh list says.
import { beforeAll, describe, expect, test } from "vitest";
import { encodeCursor } from "../../src/kernel/page.ts";
import { newInterview } from "../support/stage.ts";
import { givenMember, givenOrganization, givenProject, type House, type Member, refusalOf } from "../support/world.ts";
import { follow, listAll } from "./follower.ts";

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;
let evaluator: Member;
beforeAll(async () => {
  house = await givenOrganization();
  project = await givenProject(house);
  evaluator = await givenMember(house, "hiring_manager");
  const { memberId } = evaluator;
  await house.owner.client.project.assignRole.mutate({ projectId: project.id, memberId, role: "evaluator" });
});

const staff = () => house.owner.client;

describe("what has changed", () => {
  test("is nothing at first, then each thing once, in the order of its last change", async () => {
    const { cursor, items } = await staff().interview.changesSince.query({});
    expect(items).toEqual([]);
    const [first, second, third] = [
      await newInterview(house, project.id, "new"),
      await newInterview(house, project.id, "new"),
      await newInterview(house, project.id, "new"),
    ];
    await staff().interview.setLabels.mutate({ interviewId: first.interviewId, labels: ["late"] });
    await staff().interview.remove.mutate({ interviewId: second.interviewId });
    const told = await staff().interview.changesSince.query({ cursor });
    expect(told.items).toMatchObject([
      { kind: "changed", interview: { id: third.interviewId, status: "new" } },
      { kind: "changed", interview: { id: first.interviewId, labels: ["late"] } },
      { kind: "gone", interviewId: second.interviewId },
    ]);
    expect(told.isMore).toBe(false);
    expect(await staff().interview.changesSince.query({ cursor: told.cursor })).toMatchObject({ items: [] });
    const again = await staff().interview.changesSince.query({ cursor });
    expect(again.items).toEqual(told.items);
  });

  test("comes in pages of any size, and shows what the list shows", async () => {
    const follower = await follow(staff());
    for (let nth = 0; nth < 7; nth += 1) await newInterview(house, project.id, "invited");
    await follower.catchUp(2);
    expect(follower.told()).toBe(7);
    expect(follower.mirror()).toEqual(await listAll(staff()));
  });

  test("follows one project alone where that is asked for", async () => {
    const other = await givenProject(house);
    const { cursor } = await staff().interview.changesSince.query({});
    await newInterview(house, project.id, "new");
    const { interviewId } = await newInterview(house, other.id, "new");
    const { items } = await staff().interview.changesSince.query({ cursor, projectId: other.id });
    expect(items).toMatchObject([{ kind: "changed", interview: { id: interviewId } }]);
  });

  test("says when to look again: at a project whose interviews all look different, and after one's own access changed", async () => {
    const { cursor } = await staff().interview.changesSince.query({});
    const mine = await evaluator.client.interview.changesSince.query({});
    await staff().project.edit.mutate({ projectId: project.id, name: "Renamed" });
    const expected = [{ kind: "look_again", projectId: project.id }];
    expect((await staff().interview.changesSince.query({ cursor })).items).toEqual(expected);
    expect((await evaluator.client.interview.changesSince.query({ cursor: mine.cursor })).items).toEqual(expected);

    const before = await evaluator.client.interview.changesSince.query({});
    const role = { projectId: project.id, memberId: evaluator.memberId, role: "evaluator" } as const;
    await staff().project.unassignRole.mutate(role);
    const told = await evaluator.client.interview.changesSince.query({ cursor: before.cursor });
    expect(told.items).toEqual([{ kind: "look_again", projectId: null }]);
    await newInterview(house, project.id, "new");
    const silent = await evaluator.client.interview.changesSince.query({ cursor: told.cursor });
    expect(silent.items).toEqual([]);
    await staff().project.assignRole.mutate(role);
  });

  test("refuses a cursor that is none or another organization's; one from a lost future says to look again", async () => {
    const { cursor } = await staff().interview.changesSince.query({});
    const stranger = (await givenOrganization()).owner.client.interview;
    for (const call of [
      () => stranger.changesSince.query({ cursor }),
      () => staff().interview.changesSince.query({ cursor: encodeCursor("changes", [house.organization.id, "7"]) }),
      () => staff().interview.changesSince.query({ cursor: "no-cursor" }),
    ]) {
      expect(await refusalOf(call())).toMatchObject({ reason: "bad_input", facts: { field: "cursor" } });
    }
    const ahead = encodeCursor("changes", [house.organization.id, Number.MAX_SAFE_INTEGER]);
    const told = await staff().interview.changesSince.query({ cursor: ahead });
    expect(told).toEqual({ items: [{ kind: "look_again", projectId: null }], cursor, isMore: false });
  });
});

// test/walks/live.test.ts asks the same after every procedure of the router.
describe("whoever follows believes what a fresh list says", () => {
  test("whatever 40 members do at once, and however often it is asked meanwhile", async () => {
    const follower = await follow(staff());
    const places = await Promise.all(Array.from({ length: 8 }, () => newInterview(house, project.id, "new")));
    let isOver = false;
    const watching = (async () => {
      while (!isOver) await follower.catchUp(3);
    })();
    const act = async (nth: number) => {
      const interviewId = places[nth % places.length]?.interviewId ?? `itv_${"0".repeat(32)}`;
      const acts = [
        () => staff().interview.setLabels.mutate({ interviewId, labels: [`act ${nth}`] }),
        () => staff().interview.advance.mutate({ interviewId }),
        () =>
          staff().interview.setDeadline.mutate({
            interviewId,
            deadlineAt: new Date(Date.now() + 90_000 * nth + 60_000),
          }),
        () => staff().interview.remove.mutate({ interviewId }),
        () => newInterview(house, project.id, "invited"),
      ];
      await acts[nth % acts.length]?.().catch(() => undefined);
    };
    await Promise.all(Array.from({ length: 40 }, (_, nth) => act(nth)));
    isOver = true;
    await watching;
    await follower.catchUp();
    expect(follower.looks()).toBe(0);
    expect(follower.mirror()).toEqual(await listAll(staff()));
  });

  test("saboteur: a follower who overhears one change in ten believes something else", async () => {
    let heard = 0;
    const { list, changesSince } = staff().interview;
    const overheard = async (input: Parameters<typeof changesSince.query>[0]) => {
      const answer = await changesSince.query(input);
      const items = answer.items.filter((_, nth) => (heard + nth) % 10 !== 9);
      heard += answer.items.length;
      return { ...answer, items };
    };
    const follower = await follow({ interview: { list, changesSince: { query: overheard } } });
    for (let nth = 0; nth < 12; nth += 1) await newInterview(house, project.id, "new");
    await follower.catchUp();
    expect(follower.mirror()).not.toEqual(await listAll(staff()));
  });
});
