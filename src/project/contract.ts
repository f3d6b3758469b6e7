export type Step = { id: string };
