// How much junk each procedure is sent, and which: told by whoever starts the tests.
export type Junk = { readonly seed: number; readonly runs: number };

declare module "vitest" {
  export interface ProvidedContext {
    junk: Junk;
  }
}
