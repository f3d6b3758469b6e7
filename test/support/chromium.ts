// Where Chromium is on this machine.
import { existsSync } from "node:fs";

const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** As CHROMIUM says, or where it usually is; undefined where there is none. */
export const chromiumPath = process.env.CHROMIUM ?? usual.find((path) => existsSync(path));
