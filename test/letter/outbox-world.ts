// An outbox to test: letters put into it, drainers that can be held at a gate, and time that passes when told to.
import { eq } from "drizzle-orm";
import { vi } from "vitest";
import { candidate, interview, letter, project } from "../../db/schema/index.ts";
import { all, build, run } from "../../db/statement.ts";
import { after } from "../../src/kernel/clock.ts";
import type { Deps } from "../../src/kernel/deps.ts";
import { newId, type OrganizationId } from "../../src/kernel/ids.ts";
import { newToken } from "../../src/kernel/secret.ts";
import { drainOutbox, type LetterToWrite, promiseLetter } from "../../src/letter/actions.ts";
import type { LetterContent } from "../../src/stationery/contract.ts";
import { database, newEmail, systemDeps } from "../support/world.ts";

export const noon = new Date("2026-11-22T12:00:00Z");

export function pass(durationMs: number): void {
  vi.setSystemTime(after(new Date(), durationMs));
}

export const invitation = {
  kind: "interview_invitation",
  firstName: "Ada",
  organizationName: "House of Tests",
  projectName: "Engine room",
  deadlineAt: "2026-11-24T13:30:00.000Z",
  link: { frontend: "https://jobs.example.com", next: "/start" },
} as const satisfies LetterContent;

const newInvitationToken = () => `iv_${newToken()}`;

/** A letter in the outbox; answers its address and its token. */
export async function givenLetter(over: Partial<LetterToWrite> = {}, deps = systemDeps()) {
  const to = newEmail("reader");
  const token = newInvitationToken();
  const values = { to, language: "en", timeZone: "Europe/Amsterdam", content: invitation, token, ...over };
  await database().write([await promiseLetter(deps, values)]);
  return values;
}

export async function givenLetters(count: number): Promise<void> {
  const deps = systemDeps();
  const letters = Array.from({ length: count }, () =>
    promiseLetter(deps, {
      to: newEmail("reader"),
      language: "en",
      timeZone: "UTC",
      content: invitation,
      token: newInvitationToken(),
    }),
  );
  await database().write(await Promise.all(letters));
}

export async function rowTo(to: string) {
  const { rows } = await database().read({ rows: all(build.select().from(letter).where(eq(letter.to, to))) });
  const [row] = rows;
  if (!row) throw new Error("there is no letter to that address");
  return row;
}

/** A drainer's deps around this postman; what it asked of the alarm is kept. */
export function drainer(postman: Deps["postman"], over: Partial<Deps> = {}) {
  const woken: Date[] = [];
  const alarms = {
    set: async () => undefined,
    settleDue: async () => undefined,
    drainOutbox: async () => {
      await drainOutbox(systemDeps(over));
    },
    wakeOutbox: async (at: Date) => {
      woken.push(at);
    },
  };
  return { deps: systemDeps({ postman, alarms, ...over }), woken };
}

export function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** The same postman, whose deliveries wait at the gate. */
export function held(postman: Deps["postman"], opened: Promise<void>, onArrival: () => void = () => undefined) {
  return {
    deliver: async (envelope: Parameters<typeof postman.deliver>[0]) => {
      onArrival();
      await opened;
      return postman.deliver(envelope);
    },
  };
}

/** An interview as it stands at this status, whatever led there. */
export async function givenInterview(organizationId: OrganizationId, status: "invited" | "skipped") {
  const [projectId, candidateId, id] = [newId("prj"), newId("cnd"), newId("itv")];
  const person = { email: newEmail("candidate"), firstName: "Ada", lastName: "Lovelace" };
  const common = { organizationId, createdAt: noon };
  await database().write([
    run(
      build.insert(project).values({
        ...common,
        id: projectId,
        name: "Engine room",
        nameFolded: "engine room",
        kind: "interview",
        status: "active",
        description: "",
        language: "en",
        maxInterviewSeconds: 3_600,
        interruptionGraceSeconds: 60,
        reminderHours: [],
        deadlineAppliesTo: "start",
        passwordRequired: false,
        vetoEnabled: false,
        labels: [],
        revision: 1,
      }),
    ),
    run(build.insert(candidate).values({ ...common, ...person, id: candidateId, language: "en", timeZone: "UTC" })),
    run(
      build.insert(interview).values({
        ...common,
        id,
        projectId,
        candidateId,
        revision: 1,
        run: 0,
        status,
        version: 1,
        labels: [],
        name: "ada lovelace",
        email: person.email,
      }),
    ),
  ]);
  return id;
}
