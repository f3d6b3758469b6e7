// Many interviews that wait for their deadline, written straight into the database: how they came to be invited is not what
// is measured. Their alarms are set by the Worker's own sweep, or counted as set and lost.
import { sql } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { candidate, interview, interviewEvent } from "../../db/schema/index.ts";
import { build, cell, raw, run, type Statement } from "../../db/statement.ts";
import { after } from "../../src/kernel/clock.ts";
import { type InterviewId, newId, type ProjectId } from "../../src/kernel/ids.ts";

export type Crowd = ReadonlyMap<InterviewId, Date>;

export type CrowdPlan = {
  readonly count: number;
  /** The first deadline; the others follow evenly over `spreadMs`. */
  readonly from: Date;
  readonly spreadMs: number;
  /** `unset` leaves them to be set; `lost` says that they were, and none was. */
  readonly alarms: "unset" | "lost";
};

const rowsAtOnce = 250;

export async function givenCrowd(db: Database, projectId: ProjectId, plan: CrowdPlan): Promise<Crowd> {
  const { owner } = await db.read({
    owner: raw(
      sql`select project.organization_id, project.revision, member.id from project join member on member.organization_id = project.organization_id where project.id = ${projectId}`,
      (rows) => rows[0] ?? [],
    ),
  });
  const [organizationId, revision, memberId] = owner;
  const crowd = new Map<InterviewId, Date>();
  const createdAt = new Date();
  const common = { organizationId: `org_${String(organizationId).slice(4)}` as const, createdAt };
  const statementsFor = (nth: number): Statement<number>[] => {
    const [id, candidateId] = [newId("itv"), newId("cnd")];
    const deadlineAt = after(plan.from, Math.floor((plan.spreadMs * nth) / plan.count));
    crowd.set(id, deadlineAt);
    const person = { firstName: "Cleo", lastName: `Number ${nth}`, email: `${candidateId}@example.com` };
    const happened = {
      organizationId: common.organizationId,
      interviewId: id,
      actorKind: "member",
      at: createdAt,
    } as const;
    const invitedBy = `mem_${String(memberId).slice(4)}` as const;
    return [
      run(build.insert(candidate).values({ ...common, ...person, id: candidateId, language: "en", timeZone: "UTC" })),
      run(
        build.insert(interview).values({
          ...common,
          ...{ id, projectId, candidateId, revision: Number(revision), run: 0, invitedBy, labels: [] },
          ...{ status: "invited", version: 2, deadlineAt, dueAt: deadlineAt, dueVerb: "expire" },
          ...{ armedFor: plan.alarms === "lost" ? deadlineAt : null, name: person.lastName, email: person.email },
        }),
      ),
      run(
        build.insert(interviewEvent).values({ ...happened, id: newId("evt"), version: 1, verb: "create", to: "new" }),
      ),
      run(
        build.insert(interviewEvent).values({
          ...{ ...happened, id: newId("evt"), version: 2, verb: "invite", deadlineAt },
          ...{ from: "new", to: "invited" },
        }),
      ),
    ];
  };
  for (let first = 0; first < plan.count; first += rowsAtOnce) {
    const size = Math.min(rowsAtOnce, plan.count - first);
    await db.write(Array.from({ length: size }, (_, nth) => statementsFor(first + nth)).flat());
  }
  return crowd;
}

/** Has the sweep set the alarms of all of them. */
export async function armed(db: Database, sweep: () => Promise<void>): Promise<void> {
  const unarmed = cell<number>(sql`select count(*) from interview where due_at is not null and armed_for is null`);
  for (let left = Number.POSITIVE_INFINITY; ; ) {
    const { count } = await db.read({ count: unarmed });
    if (count === 0) return;
    if (count >= left) throw new Error(`The sweep armed nothing: ${count} are left.`);
    left = count;
    await sweep();
  }
}
