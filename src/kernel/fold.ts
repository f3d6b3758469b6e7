// Text as it is looked for and put in order: one spelling for all that people type for the same. Folded once when it is written, and
// what is looked for in the same way, because SQLite knows upper and lower case only in ASCII. Pure.

/** What stands over or under a letter, of Latin, Greek and Cyrillic: many keyboards have it for none but their own language. */
const marks = /[\u0300-\u036f]/g;

/**
 * Letters that are struck through come without a mark to take off. Turkish has an i without a dot, and Greek an s for the end of a word. Phones and
 * word processors bend apostrophes and stretch hyphens by themselves.
 */
const alike: Readonly<Record<string, string>> = {
  ...{ ø: "o", ł: "l", đ: "d", ħ: "h", ŧ: "t", ı: "i", ς: "σ" },
  ...{ "\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-", "\u00a0": " ", "\u202f": " " },
};

/** Never longer than the text. */
export function folded(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replaceAll(marks, "")
    .normalize("NFC")
    .replaceAll(/[øłđħŧıς\u2018\u2019\u02bc\u2010\u2011\u00a0\u202f]/g, (sign) => alike[sign] ?? sign);
}
