// What a spreadsheet would take for a formula is written with an apostrophe before it, and read without: written and read again, every cell is
// what it was. Pure.

/**
 * Behind whatever quotes and spaces a program may leave out: the signs that begin a formula, their wide forms, and a tab or the end of a line.
 * No two parts that follow each other take the same sign: a cell is looked at once, however long it is.
 */
const formula = /^(?:[\s'"]*[=+\-@\uff1d\uff0b\uff0d\uff20]|['"]*[\t\r\n])/;

export function harmlessCell(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

export function plainCell(cell: string): string {
  return cell.startsWith("'") && formula.test(cell.slice(1)) ? cell.slice(1) : cell;
}

const quoted = /[",;\t\r\n]|^\s|\s$/;

/** What divides the cells of a table: where decimals have a comma, spreadsheets take the semicolon. */
export const delimiters = [",", ";", "\t"] as const;
export type Delimiter = (typeof delimiters)[number];

/** One line of a table, its end included (RFC 4180). Quotes stand wherever some program would divide the cell, or drop its spaces. */
export function tableLine(cells: readonly string[], delimiter: Delimiter = ","): string {
  const written = cells.map(harmlessCell).map((cell) => (quoted.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  return `${written.join(delimiter)}\r\n`;
}

/** Without it spreadsheets take UTF-8 for what their own computer was made with. */
export const byteOrderMark = "\uFEFF";
