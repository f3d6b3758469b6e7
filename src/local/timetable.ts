// Cron expressions as Cloudflare reads them, in UTC: minute, hour, day of the month, month, day of the week (1 is Sunday).
// Knows `*`, numbers, lists, ranges and steps; refuses the rest instead of guessing. Pure.

type Field = { readonly name: string; readonly from: number; readonly to: number };

const fields: readonly Field[] = [
  { name: "minute", from: 0, to: 59 },
  { name: "hour", from: 0, to: 23 },
  { name: "day of the month", from: 1, to: 31 },
  { name: "month", from: 1, to: 12 },
  { name: "day of the week", from: 1, to: 7 },
];

function matches(text: string, value: number, { name, from, to }: Field): boolean {
  return text.split(",").some((part) => {
    const read = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (!read) throw new RangeError(`"${text}" is not a ${name} that can be read here`);
    const [, first, last, step] = read;
    const start = first === undefined ? from : Number(first);
    const end = last !== undefined ? Number(last) : first === undefined || step !== undefined ? to : start;
    return value >= start && value <= end && (value - start) % Number(step ?? 1) === 0;
  });
}

/** Is this cron due in the minute of that instant? */
export function isDue(cron: string, at: Date): boolean {
  const parts = cron.trim().split(/\s+/);
  if (parts.length !== fields.length) throw new RangeError(`"${cron}" does not have five fields`);
  const now = [at.getUTCMinutes(), at.getUTCHours(), at.getUTCDate(), at.getUTCMonth() + 1, at.getUTCDay() + 1];
  // Every field is read, also when an earlier one has decided: what cannot be read is refused whatever the time is.
  const answers = fields.map((field, index) => matches(parts[index] ?? "", now[index] ?? -1, field));
  return answers.every(Boolean);
}
