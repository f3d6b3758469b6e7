// Runs one command of this folder: `node src/local/run.mjs start`. Plain JavaScript, because an older Node could not read
// the rest well enough to say that it is too old.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const [, , command = "", ...rest] = process.argv;

// The oldest Node that runs TypeScript files as they are.
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Anteroom's commands need Node 22.18 or newer, and this is ${process.versions.node}. "npm ci" brings a Node of its own for Linux and macOS: run it again without --omit=optional, or install a newer Node.`,
  );
  process.exit(1);
}

// Node 22 and 23 call reading TypeScript an experiment at every start; nobody here can do anything about that.
process.removeAllListeners("warning");
process.on("warning", (warning) => {
  if (warning.name !== "ExperimentalWarning") console.error(warning);
});

process.argv = [process.argv[0] ?? "node", command, ...rest];
try {
  await import(`./${command}.ts`);
} catch (error) {
  if (!(error instanceof Error) || error.name !== "Trouble") throw error;
  console.error(error.message);
  process.exit(1);
}
