export type Answer = { kind: string };
