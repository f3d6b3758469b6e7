// Markup from text: whatever a name or an answer holds, no markup comes of it. Pure.

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for an element or a quoted attribute. */
export function text(value: string | number): string {
  return String(value)
    .toWellFormed()
    .replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);
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
