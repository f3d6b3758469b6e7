// A status machine is a table. Everything that needs to know what may follow what reads this one table. Pure.

export type Step<Status extends string, Verb extends string, Who extends string> = {
  readonly verb: Verb;
  readonly from: readonly Status[];
  readonly who: readonly Who[];
};

type AnyStep = Step<string, string, string>;

/** The row of the table for this verb from this status, or undefined when there is none. */
export function stepFor<Row extends AnyStep>(
  table: readonly Row[],
  status: Row["from"][number],
  verb: Row["verb"],
): Row | undefined {
  return table.find((row) => row.verb === verb && row.from.includes(status));
}

/** The verbs this kind of actor can take from this status, in the table's order. */
export function verbsFrom<Row extends AnyStep>(
  table: readonly Row[],
  status: Row["from"][number],
  who: Row["who"][number],
): Row["verb"][] {
  return table.filter((row) => row.from.includes(status) && row.who.includes(who)).map((row) => row.verb);
}
