// Where an input holds ids, and where text: found by walking its schema, so that no field is forgotten. Pure.
import * as z from "zod";

/** `path` leads through objects by name and through arrays by their first element. */
export type IdField = { readonly prefix: string; readonly path: readonly string[] };

const idShape = /^([a-z]{3})_$/;

type Leaf = { readonly path: readonly string[]; readonly def: z.core.$ZodTypes["_zod"]["def"] };

/** Everything a schema holds that holds nothing else. */
function leavesOf(schema: z.core.$ZodType, path: readonly string[] = []): Leaf[] {
  // zod's own way to tell its schemas apart: https://zod.dev/library-authors
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "object":
      return Object.entries(def.shape).flatMap(([name, field]) => leavesOf(field, [...path, name]));
    case "array":
      return leavesOf(def.element, [...path, "0"]);
    case "record":
      // By a name of a closed list the first stands for all, as in an array; by a caller's own, some name.
      return leavesOf(def.valueType, [...path, firstName(def.keyType)]);
    case "union":
      return def.options.flatMap((option) => leavesOf(option, path));
    case "pipe":
      return leavesOf(def.in, path);
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "nonoptional":
    case "readonly":
    case "catch":
      return leavesOf(def.innerType, path);
    case "custom": {
      // Taken as it is and looked at later: by which schema, it says itself.
      const { standsFor } = z.globalRegistry.get(schema) ?? {};
      if (standsFor instanceof z.core.$ZodType) return leavesOf(standsFor, path);
      throw new Error(`a schema of its own at ${path.join(".")}: say by .meta({ standsFor }) what is in it`);
    }
    case "template_literal":
    case "string":
    case "number":
    case "boolean":
    case "literal":
    case "enum":
    case "date":
    case "transform":
      return [{ path, def }];
    default:
      throw new Error(`a schema of type ${def.type} at ${path.join(".")}: say here what it may hold`);
  }
}

function firstName(names: z.core.$ZodType): string {
  const { def } = (names as z.core.$ZodTypes)._zod;
  return def.type === "enum" ? (Object.keys(def.entries)[0] ?? "") : "some";
}

function distinct<Field extends { readonly path: readonly string[] }>(fields: readonly Field[]): Field[] {
  const byPath = new Map(fields.map((field) => [field.path.join("."), field]));
  return [...byPath.values()];
}

export function idFieldsOf(schema: z.core.$ZodType): IdField[] {
  const fields = leavesOf(schema).flatMap(({ path, def }) => {
    const prefix = def.type === "template_literal" ? idShape.exec(String(def.parts[0]))?.[1] : undefined;
    return prefix === undefined ? [] : [{ prefix, path }];
  });
  return distinct(fields);
}

/** Where text may stand, whatever else is asked of it. */
export function textFieldsOf(schema: z.core.$ZodType): (readonly string[])[] {
  return distinct(leavesOf(schema).filter(({ def }) => def.type === "string")).map(({ path }) => path);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** The value at a path, or undefined. */
export function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), value);
}

/** A copy with this value at the path. */
export function withAt(value: unknown, path: readonly string[], put: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return put;
  if (Array.isArray(value)) {
    return value.map((element, index) => (String(index) === name ? withAt(element, rest, put) : element));
  }
  if (value === undefined && name === "0") return [withAt(undefined, rest, put)];
  const fields = isRecord(value) ? value : {};
  return { ...fields, [name]: withAt(fields[name], rest, put) };
}
