// Text as it is looked for and put in order: one spelling for all that people type for the same. Folded once when it is written, and
// what is looked for in the same way, because SQLite knows upper and lower case only in ASCII. Pure.

/** Turkish has two i's, each with its capital, and Greek an s for the end of a word: whoever looks for a name types either. */
const alike: Readonly<Record<string, string>> = { "\u0307": "", ı: "i", ς: "σ" };

/** Never longer than the text. */
export function folded(text: string): string {
  return text
    .normalize("NFC")
    .toLowerCase()
    .replaceAll(/[\u0307ıς]/g, (sign) => alike[sign] ?? sign);
}
