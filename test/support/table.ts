// Tables that are sent to be imported, over plain HTTP, and organizations by the dozen to import them.
import { expect } from "vitest";
import { importJob, importKey, importRow } from "../../db/schema/index.ts";
import { build, run } from "../../db/statement.ts";
import type { Subject } from "../../src/csv/words.ts";
import { type ImportId, newId } from "../../src/kernel/ids.ts";
import { beginUserSession } from "../../src/session/actions.ts";
import { newUser, password } from "./stage.ts";
import { anteroom, type Client, database, type House, send, systemDeps } from "./world.ts";

/** An organization whose owner nobody had to write a letter to. */
export async function newHouse(): Promise<House> {
  const { userId, email } = await newUser("founder");
  const { token: first, statement } = await beginUserSession(systemDeps(), { userId, entered: undefined });
  await database().write([statement]);
  const slug = `house-${crypto.randomUUID().slice(0, 12)}`;
  const { organization, team, token, memberId, access } = await anteroom(first).organization.create.mutate({
    ...{ name: "House of Tables", slug },
  });
  return { organization, team, owner: { userId, email, password, token, client: anteroom(token), memberId, access } };
}

/** As browsers send it, its length said. */
export function putTable(
  uploadUrl: string,
  body: string | Uint8Array<ArrayBuffer>,
  length = String(Buffer.byteLength(body)),
): Promise<Response> {
  return send(new Request(uploadUrl, { method: "PUT", body, headers: { "content-length": length } }));
}

/** A table that is there, to be imported. */
export async function givenTable(client: Client, subject: Subject, text: string) {
  const { uploadId, uploadUrl } = await client.import.beginUpload.mutate({ subject, name: "people.csv" });
  const response = await putTable(uploadUrl, text);
  if (!response.ok) throw new Error(`the table was answered ${response.status}: ${await response.text()}`);
  return client.import.showUpload.query({ uploadId });
}

/** An import once it is over. */
export async function settled(client: Client, importId: ImportId) {
  const ask = () => client.import.get.query({ importId });
  await expect.poll(async () => (await ask()).status, { timeout: 10_000 }).not.toBe("running");
  return ask();
}

/** An import that somebody is working on and nobody gets on with, some of it done. */
export async function newImport({ organization: { id: organizationId }, owner }: House, word = "nobody") {
  const { uploadId } = await givenTable(
    owner.client,
    "candidates",
    `Name,E-mail,${word}\n${word},nobody,x\nJane Doe,j@x.org,x\n`,
  );
  const id = newId("imp");
  const { memberId, userId, access } = owner;
  const startedAs = { kind: "member", sessionId: newId("ses"), userId, organizationId, memberId, access } as const;
  const ends = { leasedUntil: new Date("2100-01-01T00:00:00Z"), createdAt: new Date() };
  const started = {
    startedBy: memberId,
    startedAs,
    mapping: ["fullName", "email", null] as const,
    onKnown: "skip" as const,
  };
  const done = { status: "running" as const, isRehearsal: false, doneBytes: 0, doneRows: 2, invalid: 1 };
  const row = { row: 2, outcome: "invalid", problems: [{ field: "email", problem: "not_an_address" }] } as const;
  await database().write([
    run(build.insert(importJob).values({ id, organizationId, uploadId, ...started, ...done, ...ends })),
    run(build.insert(importRow).values({ importId: id, organizationId, ...row })),
    run(build.insert(importKey).values({ importId: id, organizationId, key: `e:${word}`, row: 2 })),
  ]);
  return { uploadId, importId: id };
}
