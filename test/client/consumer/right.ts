// A consumer as a frontend team would write it. It is compiled against the packed tarball, with no source around.
import {
  type Anteroom,
  createAnteroom,
  isFault,
  isRefusal,
  isUnreachable,
  type Reason,
  type RouterInputs,
  type RouterOutputs,
} from "anteroom-client";

/** True only for the very same type: `any` equals nothing but `any`. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<_ extends true>(): void {}

const anteroom: Anteroom = createAnteroom({
  url: "https://api.example.com",
  token: async () => null,
  fetch,
  headers: () => ({ "x-trace": "1" }),
});
createAnteroom({ url: "https://api.example.com", token: "tok", fetch: (url, init) => fetch(url, init) });
createAnteroom({ url: "https://api.example.com" });

type SignedIn = Awaited<ReturnType<typeof anteroom.identity.signIn.mutate>>;
holds<Same<SignedIn, RouterOutputs["identity"]["signIn"]>>();
holds<Same<SignedIn["user"]["createdAt"], Date>>();
holds<Same<SignedIn["token"], string>>();
holds<Same<SignedIn["user"]["id"], `usr_${string}`>>();
holds<Same<SignedIn["entered"], `org_${string}` | null>>();
holds<Same<SignedIn["kind"], "user">>();
holds<Same<RouterOutputs["identity"]["sessions"]["items"][number]["expiresAt"], Date>>();
holds<Same<RouterOutputs["identity"]["sessions"]["nextCursor"], string | null>>();
holds<Same<RouterInputs["identity"]["revokeSession"], { sessionId: `ses_${string}` }>>();
holds<Same<RouterInputs["identity"]["signIn"]["email"], string>>();

/** `any` anywhere in what the API takes or answers would be a hole in the promise of types end to end. */
type IsAny<T> = 0 extends 1 & T ? true : false;
type HoldsAny<T, Depth extends 0[] = []> =
  IsAny<T> extends true
    ? true
    : Depth["length"] extends 8
      ? false
      : T extends Date | string | number | boolean | null | undefined
        ? false
        : T extends readonly (infer Item)[]
          ? HoldsAny<Item, [...Depth, 0]>
          : T extends object
            ? { [K in keyof T]-?: HoldsAny<T[K], [...Depth, 0]> }[keyof T]
            : false;
type Answers = HoldsAny<RouterOutputs>;
type Questions = HoldsAny<RouterInputs>;
holds<Same<true extends Answers ? "any" : "none", "none">>();
holds<Same<true extends Questions ? "any" : "none", "none">>();
holds<
  Same<
    true extends HoldsAny<{ a: { b: [unknown[], { c: never[]; d: Record<string, ReturnType<typeof JSON.parse>> }] } }>
      ? "any"
      : "none",
    "any"
  >
>();

const texts: Partial<Record<Reason, string>> = { not_found: "Nicht gefunden" };

/** Exhaustive without a default: the reasons are a closed union. */
export function kindOf(reason: "slow_down" | "unavailable" | "moved_on"): string {
  switch (reason) {
    case "slow_down":
    case "unavailable":
      return "later";
    case "moved_on":
      return "look again";
  }
}

export async function signIn(email: string, password: string): Promise<string> {
  try {
    const { user, organizations } = await anteroom.identity.signIn.mutate({ email, password });
    return `${user.firstName} since ${user.createdAt.getFullYear()}, in ${organizations.length}`;
  } catch (error) {
    if (isRefusal(error, "wrong_credentials")) {
      holds<Same<typeof error.reason, "wrong_credentials">>();
      return error.sentence;
    }
    if (isRefusal(error, "illegal_step")) {
      const { from, allowed } = error.facts;
      type Statuses =
        | RouterOutputs["interview"]["get"]["status"]
        | RouterOutputs["project"]["get"]["status"]
        | RouterOutputs["refcheck"]["get"]["status"]
        | RouterOutputs["reference"]["own"]["status"];
      holds<Same<typeof from, Statuses>>();
      return allowed.includes("restore") ? "Restore it?" : `It is ${from}.`;
    }
    if (isRefusal(error)) {
      holds<Same<typeof error.reason, Reason>>();
      holds<Same<typeof error.sentence, string>>();
      holds<Same<typeof error.requestId, string>>();
      const fields: readonly string[] = error.issues.map(({ path, message }) => `${path}: ${message}`);
      return texts[error.reason] ?? fields.join();
    }
    if (isFault(error)) return error.requestId;
    if (isUnreachable(error)) return "No network.";
    throw error;
  }
}
