// Text as it is looked for and put in order: one spelling for all that people type for the same. Folded once when it is written, and
// what is looked for in the same way, because SQLite knows upper and lower case only in ASCII. Pure.

/**
 * Turkish has two i's, each with its capital, and Greek an s for the end of a word: whoever looks for a name types either. Phones and word
 * processors bend apostrophes and stretch hyphens by themselves.
 */
const alike: Readonly<Record<string, string>> = {
  ...{ "\u0307": "", ı: "i", ς: "σ" },
  ...{ "\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-", "\u00a0": " ", "\u202f": " " },
};

/** Never longer than the text. */
export function folded(text: string): string {
  return text
    .normalize("NFC")
    .toLowerCase()
    .replaceAll(/[\u0307ıς\u2018\u2019\u02bc\u2010\u2011\u00a0\u202f]/g, (sign) => alike[sign] ?? sign);
}
