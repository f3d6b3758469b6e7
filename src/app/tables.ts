// Tables over plain HTTP: sent to be imported, and fetched as they are made.
import { type Context, Hono } from "hono";
import { exportedTable } from "../exporting/actions.ts";
import { leftOutTable } from "../importing/actions.ts";
import { takeTable } from "../upload/actions.ts";
import { type App, answered, openToAll, sentIn } from "./bytes.ts";

export const tables = new Hono<App>();

for (const path of ["/uploads/*", "/left-out/*", "/exports/*"]) tables.use(path, openToAll);

tables.put("/uploads/:sealed", (c) =>
  answered(c, "uploads", async (deps) => c.json(await takeTable(deps, c.req.param("sealed"), sentIn(c)))),
);

tables.get("/left-out/:sealed", (c) =>
  answered(c, "left-out", async (deps) => fileIn(c, "left-out.csv", await leftOutTable(deps, c.req.param("sealed")))),
);

tables.get("/exports/:sealed", (c) =>
  answered(c, "exports", async (deps) => {
    const { name, table } = await exportedTable(deps, c.req.param("sealed"));
    return fileIn(c, name, table);
  }),
);

/** No cache, and never a page. */
function fileIn(c: Context<App>, name: string, table: ReadableStream<Uint8Array>): Response {
  return c.body(table, 200, {
    ...{ "content-type": "text/csv; charset=utf-8", "content-disposition": `attachment; filename="${name}"` },
    ...{ "cache-control": "private, no-store", "x-content-type-options": "nosniff" },
    "content-security-policy": "sandbox; default-src 'none'",
  });
}
