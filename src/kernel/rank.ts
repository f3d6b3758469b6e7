// Where something stands among others, as text that sorts as bytes do: between any two places there is another, so whoever moves writes one row. Pure.

// A rank is a list of whole numbers, compared number by number; the longer of two that begin alike comes later. A number is written as a letter
// that says how many digits follow and which side of zero it is on, then its digits: written so, texts sort as their numbers do.

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const base = digits.length;
const letterCode = { a: 97, Z: 90 };

/** How far from the last, or before the first, the next one stands at most. Wide, so that two who come at once rarely meet, and many fit between. */
const stride = 4_096;

function written(number: number): string {
  const isNegative = number < 0;
  let left = isNegative ? -number - 1 : number;
  let text = "";
  do {
    const digit = left % base;
    text = (digits[isNegative ? base - 1 - digit : digit] ?? "") + text;
    left = Math.floor(left / base);
  } while (left > 0);
  const letter = isNegative ? letterCode.Z - (text.length - 1) : letterCode.a + text.length - 1;
  return String.fromCharCode(letter) + text;
}

function numbersOf(rank: string): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < rank.length; ) {
    const letter = rank.charCodeAt(at);
    const isNegative = letter <= letterCode.Z;
    const length = isNegative ? letterCode.Z - letter + 1 : letter - letterCode.a + 1;
    let number = 0;
    for (const sign of rank.slice(at + 1, at + 1 + length)) {
      const digit = digits.indexOf(sign);
      number = number * base + (isNegative ? base - 1 - digit : digit);
    }
    numbers.push(isNegative ? -number - 1 : number);
    at += 1 + length;
  }
  return numbers;
}

/** Where two lists first differ; the length of the shorter where it begins the other. */
function fork(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((number, place) => number !== other[place]);
  return at === -1 ? one.length : at;
}

/**
 * A rank behind one and before another; null: there is none on that side. `chance`, 0 <= chance < 1, says which of those that would do.
 * Whoever always goes to the same end, or always right behind or before the same one, gets ranks that grow as the digits of a counter do.
 */
export function rankBetween(behind: string | null, before: string | null, chance: number): string {
  const low = behind === null ? [] : numbersOf(behind);
  const high = before === null ? null : numbersOf(before);
  const depth = high === null ? 0 : fork(low, high);
  const [floor, ceiling] = [low[depth], high?.[depth]];
  const step = (room: number) => 1 + Math.floor(chance * room);
  const next = (): number[] => {
    if (ceiling === undefined) return [(floor ?? 0) + step(stride)];
    if (floor === undefined) return [ceiling - step(stride)];
    const room = ceiling - floor - 1;
    return room > 0 ? [floor + step(room)] : [floor, (low[depth + 1] ?? 0) + step(stride)];
  };
  return [...low.slice(0, depth), ...next()].map(written).join("");
}
