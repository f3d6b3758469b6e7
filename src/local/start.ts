// `npm start`: the production bundle on this machine, until Ctrl-C.
import { runSession } from "./session.ts";

await runSession({});
process.exit(0);
