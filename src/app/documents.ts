// Documents over plain HTTP: sent whole, and downloaded to be kept.
import { Hono } from "hono";
import { documentFrom, takeDocument } from "../document/actions.ts";
import { type Reason, Refused } from "../kernel/errors.ts";
import { type App, answered, askedIn, fetched, openToAll, sentIn } from "./bytes.ts";

export const documents = new Hono<App>();

documents.use("/documents/*", openToAll);

documents.put("/documents/:sealed", (c) =>
  answered(c, "documents", async (deps) => c.json(await takeDocument(deps, c.req.param("sealed"), sentIn(c)))),
);

/** To whoever follows a link it is there or it is not: nothing says why not. */
const notThere: ReadonlySet<Reason> = new Set(["signed_out", "access_changed"]);

function alike(error: unknown): never {
  throw error instanceof Refused && notThere.has(error.reason) ? new Refused("not_found") : error;
}

documents.get("/documents/:sealed", (c) =>
  answered(c, "documents", async (deps) =>
    fetched(c, await documentFrom(deps, c.req.param("sealed"), askedIn(c)).catch(alike)),
  ),
);
