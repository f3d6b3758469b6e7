import { migrate } from "../../src/local/migrate.ts";

export type DatabaseServer = { readonly port: number; readonly adminPort: number };

/** A database nobody else has: test files run beside each other, and some of them sweep, or look at whole tables. */
export async function newDatabase({ port, adminPort }: DatabaseServer): Promise<string> {
  const name = crypto.randomUUID();
  const created = await fetch(`http://127.0.0.1:${adminPort}/v1/namespaces/${name}/create`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  if (!created.ok) throw new Error(`the libSQL server made no database: ${created.status}`);
  // By name: of a host with dots in it sqld takes what is before the first for the database's name.
  const url = `http://localhost:${port}/dev/${name}`;
  await migrate({ url });
  return url;
}
