// What people do about a reference check meanwhile: a recruiter asks for references, a candidate names two, one may say no, and the others answer.
import { type createAnteroom, isRefusal, type Refusal, type RouterInputs } from "../../client/index.ts";
import type { RefcheckId } from "../../src/kernel/ids.ts";
import type { Chance } from "./chance.ts";
import { type Insistent, reached } from "./insisting.ts";
import type { Vouched } from "./refchecks.ts";

type Client = ReturnType<typeof createAnteroom>;
export type Asking = {
  readonly nth: number;
  readonly chance: Chance;
  readonly insistent: Insistent;
  readonly staff: Client;
  readonly roleId: `rol_${string}`;
  /** The text of the newest letter there. */
  readonly letterTo: (email: string) => Promise<string>;
  readonly clientWith: (token: string) => Client;
  readonly noted: (vouched: Vouched) => void;
};

const answers: RouterInputs["reference"]["save"]["answers"] = [
  { key: "again", answer: { kind: "rehire", verdict: "yes" } },
];

/** What has to go well: any other refusal than that it had happened is a complaint. */
function done<Answer>(what: string, answer: Answer | Refusal | "stands"): Answer | "stands" {
  if (answer !== "stands" && isRefusal(answer)) throw new Error(`${what} was refused with ${answer.reason}`);
  return answer;
}

/** With a deadline so near nobody is named, and it expires. */
export async function asksForReferences(asking: Asking, deadlineAt: Date, isShort: boolean): Promise<void> {
  const { nth, chance, insistent, staff, roleId, clientWith, noted } = asking;
  const requestKey = `references-number-${nth}`;
  const email = `named.${nth}@example.com`;
  const candidate = { email, firstName: "Cleo", lastName: `Number ${nth}` };
  const made = await insistent(() => staff.refcheck.create.mutate({ roleId, candidate, deadlineAt, requestKey }));
  if (isShort && made !== "stands" && isRefusal(made, "deadline_in_past")) return;
  const refcheck = done("the refcheck", made);
  if (refcheck === "stands") throw new Error("a request key answers with what was made under it");
  const refcheckId: RefcheckId = refcheck.id;
  const told = { refcheckId, requestKey, email };
  noted({ ...told, what: "create", of: null });
  if (isShort) return;

  const comeIn = async (address: string): Promise<Client> => {
    const token = /\/auth\/link\/([A-Za-z0-9_-]+)/.exec(await asking.letterTo(address))?.[1] ?? "";
    const entered = done("a link", await insistent(() => clientWith("").identity.useLink.mutate({ token })));
    if (entered === "stands") throw new Error("a link is used again and again");
    return clientWith(entered.token);
  };
  const client = await comeIn(email);
  done("the consent", await insistent(() => client.refcheck.consent.mutate({ refcheckId, version: 1 })));
  noted({ ...told, what: "consent", of: null });

  const names = async (index: number): Promise<string> => {
    const address = `referee.${nth}.${index}@example.com`;
    const person = { email: address, firstName: "Rita", lastName: `Number ${index}`, employer: "The Corner Cafe" };
    const add = () => client.reference.add.mutate({ refcheckId, ...person, relationship: "manager" });
    done("a name", await insistent(add, ({ reason }) => reason === "reference_named"));
    noted({ ...told, what: "name", of: address });
    return address;
  };
  const answersAs = async (address: string): Promise<void> => {
    const { reference } = await comeIn(address);
    done("a yes", await insistent(() => reference.accept.mutate(), reached("accepted")));
    done("what was typed", await insistent(() => reference.save.mutate({ answers })));
    done("an end", await insistent(() => reference.finish.mutate(), reached("completed")));
    noted({ ...told, what: "finish", of: address });
  };
  const named = await Promise.all([names(0), names(1)]);
  const [first = "", ...others] = named;
  if (chance.next() < 0.3) {
    const { reference } = await comeIn(first);
    const decline = () => reference.decline.mutate({ reason: "not_available" });
    done("a no", await insistent(decline, reached("declined")));
    noted({ ...told, what: "decline", of: first });
    others.push(await names(2));
  } else others.push(first);
  await Promise.all(others.map(answersAs));
}
