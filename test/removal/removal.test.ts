// Removal: what nobody has opened goes without a trace, and what somebody has opened stays.
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { raw } from "../../db/statement.ts";
import { newId } from "../../src/kernel/ids.ts";
import { newInterview } from "../support/stage.ts";
import {
  anteroom,
  database,
  givenInvited,
  givenOrganization,
  givenProject,
  type House,
  newEmail,
  newestToken,
  refusalOf,
} from "../support/world.ts";

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;
beforeAll(async () => {
  house = await givenOrganization();
  project = await givenProject(house);
});

const staff = () => house.owner.client.interview;

/** Every table with a column that may name it, and how many rows do. */
async function rowsNaming(id: string): Promise<Record<string, number>> {
  const { columns } = await database().read({
    columns: raw(
      sql`select t.name, c.name from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table' and c.type = 'TEXT'`,
      (rows) => rows.map(([table, column]) => ({ table: String(table), column: String(column) })),
    ),
  });
  // One for each table: of more than 500 SQLite makes no union.
  const counts = Array.from(
    Map.groupBy(columns, ({ table }) => table),
    ([table, its]) => {
      const named = its.map(({ column }) => `("${column}" is '${id}')`).join(" + ");
      return `select '${table}' as name, coalesce(sum(${named}), 0) as count from "${table}"`;
    },
  );
  const { found } = await database().read({
    found: raw(sql.raw(`select name, count from (${counts.join(" union all ")})`), (rows) =>
      rows.map(([name, count]) => [String(name), Number(count)] as const),
    ),
  });
  return Object.fromEntries(found.filter(([, count]) => count > 0));
}

/** For lists that follow what changes. */
const onlyThatItIsGone = { change: 1 };

describe("an interview nobody has opened", () => {
  for (const standing of ["new", "invited", "expired", "skipped"] as const) {
    test(`goes while ${standing}, with everything that was written of it and of its candidate`, async () => {
      const { interviewId } = await newInterview(house, project.id, standing === "skipped" ? "invited" : standing);
      if (standing === "skipped") await staff().skip.mutate({ interviewId, why: "They took another job." });
      const { candidate } = await staff().get.query({ interviewId });
      expect(await rowsNaming(interviewId)).toMatchObject({ interview: 1, interview_event: expect.anything() });

      expect(await staff().remove.mutate({ interviewId })).toEqual({ interviewId, candidateRemoved: true });

      expect(await rowsNaming(interviewId)).toEqual(onlyThatItIsGone);
      expect(await rowsNaming(candidate.id)).toEqual({});
      expect((await refusalOf(staff().get.query({ interviewId }))).reason).toBe("not_found");
      expect((await refusalOf(staff().remove.mutate({ interviewId }))).reason).toBe("not_found");
    });
  }

  test("leaves its candidate where they have another, whose link still opens it", async () => {
    const { interview, email, client } = await givenInvited(house, project);
    const other = await staff().create.mutate({
      projectId: (await givenProject(house)).id,
      candidate: { email, firstName: "Cleo", lastName: "Candidate" },
    });
    expect(await staff().remove.mutate({ interviewId: other.id })).toMatchObject({ candidateRemoved: false });
    expect(await client.interview.confirm.mutate({ interviewId: interview.id })).toMatchObject({ status: "confirmed" });
  });

  test("leaves a dead link behind, and the person may be invited anew", async () => {
    const email = newEmail("candidate");
    const invite = (address: string) =>
      staff().createAndInvite.mutate({
        projectId: project.id,
        candidate: { email: address, firstName: "Cleo", lastName: "Candidate" },
      });
    const sent = await invite(email);
    const token = await newestToken(email);
    await staff().remove.mutate({ interviewId: sent.id });
    expect((await refusalOf(anteroom().identity.useLink.mutate({ token }))).reason).toBe("link_dead");

    const again = await invite(email);
    expect(again.id).not.toBe(sent.id);
    expect(again.candidate.id).not.toBe(sent.candidate.id);
    expect(await newestToken(email)).not.toBe(token);
  });
});

describe("an interview somebody has opened", () => {
  test("stays, by whatever it was opened", async () => {
    const { interview, client } = await givenInvited(house, project);
    const remove = () => refusalOf(staff().remove.mutate({ interviewId: interview.id }));
    expect((await remove()).reason).toBe("already_opened");
    await client.identity.signOut.mutate();
    expect((await remove()).reason).toBe("already_opened");
    expect(await staff().get.query({ interviewId: interview.id })).toMatchObject({ status: "invited", version: 2 });
  });

  test("stays where a password's session could see it, and goes where none could", async () => {
    const { interview, email, client } = await givenInvited(house, project);
    const password = "eight brown bears in a wood";
    await client.interview.confirm.mutate({ interviewId: interview.id, password });
    const other = { projectId: (await givenProject(house)).id, candidate: { email, firstName: "Cleo", lastName: "C" } };
    const before = await staff().createAndInvite.mutate(other);
    const organization = house.organization.slug;
    const { token } = await anteroom().identity.signInCandidate.mutate({ email, password, organization });
    expect((await refusalOf(staff().remove.mutate({ interviewId: before.id }))).reason).toBe("already_opened");
    await anteroom(token).identity.signOut.mutate();
    expect((await refusalOf(staff().remove.mutate({ interviewId: before.id }))).reason).toBe("already_opened");
    const after = await staff().createAndInvite.mutate({ ...other, projectId: (await givenProject(house)).id });
    expect(await staff().remove.mutate({ interviewId: after.id })).toMatchObject({ candidateRemoved: false });
  });

  test("stays whichever came first of 20 removals that race with a candidate at the door", async () => {
    for (let round = 0; round < 20; round += 1) {
      const { interviewId, email } = await newInterview(house, project.id, "invited");
      const token = await newestToken(email);
      const [entered, removed] = await Promise.allSettled([
        anteroom().identity.useLink.mutate({ token }),
        staff().remove.mutate({ interviewId }),
      ]);
      expect([entered.status, removed.status].toSorted()).toEqual(["fulfilled", "rejected"]);
      const left = await rowsNaming(interviewId);
      if (removed.status === "fulfilled") expect(left).toEqual(onlyThatItIsGone);
      else expect(left).toMatchObject({ interview: 1, link: 1, session: 1 });
    }
  });

  test("and nobody removes what they do not manage, or what moved on meanwhile", async () => {
    const { interviewId } = await newInterview(house, project.id, "new");
    const stranger = await givenOrganization();
    const theirs = stranger.owner.client.interview.remove.mutate({ interviewId });
    expect((await refusalOf(theirs)).reason).toBe("not_found");
    const unknown = staff().remove.mutate({ interviewId: newId("itv") });
    expect((await refusalOf(unknown)).reason).toBe("not_found");
    const outcomes = await Promise.allSettled([
      staff().remove.mutate({ interviewId }),
      staff().remove.mutate({ interviewId }),
      staff().advance.mutate({ interviewId }),
    ]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});
