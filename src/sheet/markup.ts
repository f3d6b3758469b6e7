// Elements of a page, of text and of elements. Pure.
import { escaped } from "../kernel/markup.ts";

/** Text for an element or a quoted attribute. */
export function text(value: string | number): string {
  return escaped(String(value).toWellFormed());
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element: attributes are text, what is inside is markup. */
export function el(name: string, attributes: Attributes = {}, ...inside: readonly string[]): string {
  const told = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${text(value)}"`],
  );
  return `<${name}${told.join("")}>${inside.join("")}</${name}>`;
}

/** Somebody's own words: they read in their own direction, whatever they hold, and leave the rest of the line alone. */
export function own(value: string): string {
  return el("bdi", {}, text(value));
}
