// Recordings over plain HTTP: parts in, ranges out.
import { Hono } from "hono";
import { playedFrom, takePart } from "../recording/actions.ts";
import { type App, answered, askedIn, fetched, openToAll, sentIn } from "./bytes.ts";

export const recordings = new Hono<App>();

recordings.use("/recordings/*", openToAll);

recordings.put("/recordings/:sealed/:number", (c) =>
  answered(c, "recordings", async (deps) =>
    c.json(await takePart(deps, c.req.param("sealed"), c.req.param("number"), sentIn(c))),
  ),
);

recordings.get("/recordings/:sealed", (c) =>
  answered(c, "recordings", async (deps) =>
    fetched(c, { ...(await playedFrom(deps, c.req.param("sealed"), askedIn(c))), disposition: "inline" }),
  ),
);
