// The same act for many interviews: what it does is what it would do alone, row by row, in two round trips.
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../src/kernel/ids.ts";
import { newInterview, type Standing } from "../support/stage.ts";
import {
  admitted,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  lettersTo,
  newestToken,
  refusalOf,
  tripsOf,
} from "../support/world.ts";

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;
beforeAll(async () => {
  house = await givenOrganization();
  project = await givenProject(house);
});

const staff = () => house.owner.client;
const standings = ["new", "invited", "confirmed", "interviewed", "expired", "aborted"] as const satisfies Standing[];

type Acts = "resend" | "remove";
const alone = {
  resend: (interviewId: `itv_${string}`) => staff().invitation.resend.mutate({ interviewId }),
  remove: (interviewId: `itv_${string}`) => staff().interview.remove.mutate({ interviewId }),
};
const together = {
  resend: (interviewIds: `itv_${string}`[]) => staff().invitation.resendMany.mutate({ interviewIds }),
  remove: (interviewIds: `itv_${string}`[]) => staff().interview.removeMany.mutate({ interviewIds }),
};

for (const act of ["resend", "remove"] as const satisfies Acts[]) {
  describe(act, () => {
    test("comes to what each would come to alone, whatever stands in the call", async () => {
      const row = fc.constantFrom(...standings, "twice" as const, "nobody's" as const);
      await fc.assert(
        fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), async (rows) => {
          const made = async () => {
            const ids: `itv_${string}`[] = [];
            for (const kind of rows) {
              if (kind === "twice") ids.push(ids[0] ?? newId("itv"));
              else
                ids.push(
                  kind === "nobody's" ? newId("itv") : (await newInterview(house, project.id, kind)).interviewId,
                );
            }
            return ids;
          };
          const [one, other] = [await made(), await made()];
          const expected: string[] = [];
          for (const [index, id] of one.entries()) {
            if (one.indexOf(id) < index) expected.push("repeated_row");
            else
              expected.push(
                await alone[act](id).then(
                  () => "done",
                  (error) => error.data.reason,
                ),
              );
          }
          const { results, done } = await together[act](other);
          expect(results.map((result) => (result.outcome === "done" ? "done" : result.reason))).toEqual(expected);
          expect(results.map(({ index, interviewId }) => [index, interviewId])).toEqual([...other.entries()]);
          expect(done).toBe(expected.filter((outcome) => outcome === "done").length);
        }),
        { numRuns: 6 },
      );
    }, 120_000);

    test("takes two round trips for many, and refuses none and more than 500", async () => {
      const ids: `itv_${string}`[] = [];
      for (let nth = 0; nth < 30; nth += 1) ids.push((await newInterview(house, project.id, "invited")).interviewId);
      const call = act === "resend" ? "resend" : "remove";
      const trips = await tripsOf(house.owner.token, (client) =>
        call === "resend"
          ? client.invitation.resendMany.mutate({ interviewIds: ids })
          : client.interview.removeMany.mutate({ interviewIds: ids }),
      );
      expect(trips).toBe(2);
      expect((await refusalOf(together[act]([]))).reason).toBe("bad_input");
      const tooMany = Array.from({ length: 501 }, () => newId("itv"));
      expect((await refusalOf(together[act](tooMany))).reason).toBe("bad_input");
    });

    test("tells each row of whoever may not, and of another organization, and does nothing", async () => {
      const { interviewId } = await newInterview(house, project.id, "invited");
      const reviewer = await givenMember(house, "hiring_manager");
      const { memberId } = reviewer;
      await staff().project.assignRole.mutate({ projectId: project.id, memberId, role: "reviewer" });
      const stranger = await givenOrganization();
      for (const [client, reason] of [
        [reviewer.client, "not_allowed"],
        [stranger.owner.client, "not_found"],
      ] as const) {
        const asked = { interviewIds: [interviewId] };
        const { results } = await (act === "resend"
          ? client.invitation.resendMany.mutate(asked)
          : client.interview.removeMany.mutate(asked));
        expect(results).toMatchObject([{ index: 0, interviewId, outcome: "refused", reason }]);
      }
      expect(await staff().interview.get.query({ interviewId })).toMatchObject({ status: "invited", version: 2 });
    });
  });
}

test("a link that was sent again opens the interview, the older one does not, and after ten a day it is refused for that row", async () => {
  const whose = await newInterview(house, project.id, "invited");
  const other = await newInterview(house, project.id, "invited");
  const older = await newestToken(whose.email);
  const again = () => together.resend([whose.interviewId]);
  for (let nth = 0; nth < 10; nth += 1) expect((await again()).done).toBe(1);
  expect(await newestToken(whose.email)).not.toBe(older);
  expect((await lettersTo(whose.email)).length).toBeGreaterThanOrEqual(2);
  await admitted(whose.email);
  const { results } = await together.resend([whose.interviewId, other.interviewId]);
  expect(results).toMatchObject([{ outcome: "refused", reason: "slow_down" }, { outcome: "done" }]);
});

test("of ten calls at once for the same rows each row is removed once", async () => {
  const ids: `itv_${string}`[] = [];
  for (let nth = 0; nth < 5; nth += 1) ids.push((await newInterview(house, project.id, "new")).interviewId);
  const calls = await Promise.all(Array.from({ length: 10 }, () => together.remove(ids)));
  expect(calls.reduce((sum, { done }) => sum + done, 0)).toBe(ids.length);
});
