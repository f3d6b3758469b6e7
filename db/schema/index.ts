export * from "./change.ts";
export * from "./evaluation.ts";
export * from "./extension.ts";
export * from "./identity.ts";
export * from "./interview.ts";
export * from "./letter.ts";
export * from "./organization.ts";
export * from "./project.ts";
