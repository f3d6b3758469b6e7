// The pictures of a report, as SVG: each says in words what it shows, is read without its colours, and needs nothing from elsewhere. Pure.
import { numberOf, type Period, type Span, spanOf } from "../kernel/months.ts";
import { el, text } from "./markup.ts";

const width = 640;
const edge = 40;
const plotted = width - 2 * edge;

type Told = { readonly id: string; readonly title: string; readonly description: string };

/** `parts` stand in a box so high and 640 wide. */
function picture({ id, title, description }: Told, height: number, parts: readonly string[]): string {
  const named = { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": `${id}-title ${id}-description` };
  return el(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", ...named },
    el("title", { id: `${id}-title` }, text(title)),
    el("desc", { id: `${id}-description` }, text(description)),
    ...parts,
  );
}

const at = (value: number) => Math.round(value * 10) / 10;
const label = (x: number, y: number, value: string | number, kind = "label") =>
  el("text", { x: at(x), y: at(y), class: kind }, text(value));
const line = (x1: number, y1: number, x2: number, y2: number, kind: string) =>
  el("line", { x1: at(x1), y1: at(y1), x2: at(x2), y2: at(y2), class: kind });
const box = (x: number, y: number, w: number, h: number, kind: string, fill?: string) =>
  el("rect", { x: at(x), y: at(y), width: at(w), height: at(h), class: kind, fill });

const markRadius = 11;
const markStep = 2 * markRadius + 2;

function mark(x: number, y: number, letter: string): string {
  return el("circle", { cx: at(x), cy: at(y), r: markRadius, class: "mark" }) + label(x, y + 4, letter, "letter");
}

/** Who gave which point of a scale from 1 up, and where the average stands. The scale by its labels, of which the ends are told. */
export function scalePicture(
  told: Told,
  scale: readonly string[],
  marks: readonly { readonly letter: string; readonly score: number }[],
  average: number,
): string {
  const points = scale.length;
  const stacks = Map.groupBy(marks, ({ score }) => score);
  const highest = Math.max(...Array.from(stacks.values(), ({ length }) => length));
  const axis = highest * markStep + 6;
  const xOf = (score: number) => edge + (plotted * (score - 1)) / (points - 1);
  const scores = Array.from({ length: points }, (_, nth) => nth + 1);
  const ofAverage = xOf(average);
  return picture(told, axis + 56, [
    line(edge, axis, width - edge, axis, "axis"),
    ...scores.map(
      (score) => line(xOf(score), axis - 4, xOf(score), axis + 4, "axis") + label(xOf(score), axis + 20, score),
    ),
    el("path", { d: `M${at(ofAverage)} ${axis + 3} l7 12 h-14 z`, class: "average" }),
    label(ofAverage, axis + 32, `Ø ${average}`, "label strong"),
    label(edge - 8, axis + 50, scale[0] ?? "", "label from"),
    label(width - edge + 8, axis + 50, scale.at(-1) ?? "", "label to"),
    ...Array.from(stacks, ([score, stack]) =>
      stack.map(({ letter }, nth) => mark(xOf(score), axis - markRadius - 3 - nth * markStep, letter)).join(""),
    ),
  ]);
}

/** Parts of a whole, in order, each with its count: the first full, the next hatched, the last empty. */
export function partsPicture(told: Told, parts: readonly { readonly name: string; readonly count: number }[]): string {
  const whole = parts.reduce((sum, { count }) => sum + count, 0);
  const kinds = ["full", "half", "empty"];
  const drawn: string[] = [];
  let x = edge;
  for (const [nth, { name, count }] of parts.entries()) {
    if (count === 0) continue;
    const w = (plotted * count) / whole;
    const fill = kinds[nth] === "half" ? stripesOf(told) : undefined;
    drawn.push(box(x, 4, w, 26, `part ${kinds[nth]}`, fill), label(x + w / 2, 46, `${name}: ${count}`));
    x += w;
  }
  return picture(told, 54, [stripes(told), ...drawn]);
}

const stripesOf = ({ id }: Told) => `url(#${id}-stripes)`;

/** What is told apart by them is told apart in black and white as well. */
function stripes({ id }: Told): string {
  const drawn = { id: `${id}-stripes`, width: 8, height: 8, patternUnits: "userSpaceOnUse" };
  const turned = { ...drawn, patternTransform: "rotate(45)" };
  return el("defs", {}, el("pattern", turned, box(0, 0, 3, 8, "stripe")));
}

const yearMonths = 12;
const rowHeight = 30;
const yearsLabelled = 12;

/** Who worked with the candidate when, beside the time to be covered and what is left out of it. */
export function timelinePicture(
  told: Told,
  rows: readonly { readonly letter: string; readonly period: Period }[],
  { wanted, gaps, now }: { readonly wanted: Period | null; readonly gaps: readonly Period[]; readonly now: Date },
): string {
  const spans = rows.map(({ letter, period }) => ({ letter, ...spanOf(period, now) }));
  const all: Span[] = [...spans, ...(wanted ? [spanOf(wanted, now)] : [])];
  const first = Math.floor(Math.min(...all.map((span) => span.first)) / yearMonths) * yearMonths;
  const last = Math.max(...all.map((span) => span.last), numberOf(now.toISOString().slice(0, 7))) + 1;
  const xOf = (month: number) => edge + (plotted * (month - first)) / (last - first);
  const widthOf = (span: Span) => Math.max(3, xOf(span.last + 1) - xOf(span.first));
  const bottom = rows.length * rowHeight + 8;
  const every = Math.ceil((last - first) / yearMonths / yearsLabelled);
  const years: string[] = [];
  for (let month = first; month <= last; month += every * yearMonths) {
    years.push(line(xOf(month), 0, xOf(month), bottom, "grid"), label(xOf(month), bottom + 16, month / yearMonths));
  }
  return picture(told, bottom + 24, [
    stripes(told),
    ...(wanted ? [box(xOf(spanOf(wanted, now).first), 0, widthOf(spanOf(wanted, now)), bottom, "wanted")] : []),
    ...gaps.map((gap) =>
      box(xOf(spanOf(gap, now).first), 0, widthOf(spanOf(gap, now)), bottom, "gap", stripesOf(told)),
    ),
    ...years,
    line(edge, bottom, width - edge, bottom, "axis"),
    ...spans.map((span, nth) => {
      const y = 4 + nth * rowHeight;
      return box(xOf(span.first), y + 3, widthOf(span), 20, "bar") + mark(20, y + 13, span.letter);
    }),
  ]);
}
