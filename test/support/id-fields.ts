// Where an input holds ids: found by walking its schema, so that no field is forgotten. Pure.
import * as z from "zod";

/** `path` leads through objects by name and through arrays by their first element. */
export type IdField = { readonly prefix: string; readonly path: readonly string[] };

const idShape = /^([a-z]{3})_$/;

export function idFieldsOf(schema: z.core.$ZodType, path: readonly string[] = []): IdField[] {
  // zod's own way to tell its schemas apart: https://zod.dev/library-authors
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "template_literal": {
      const prefix = idShape.exec(String(def.parts[0]))?.[1];
      return prefix === undefined ? [] : [{ prefix, path }];
    }
    case "object":
      return Object.entries(def.shape).flatMap(([name, field]) => idFieldsOf(field, [...path, name]));
    case "array":
      return idFieldsOf(def.element, [...path, "0"]);
    case "union":
      return distinct(def.options.flatMap((option) => idFieldsOf(option, path)));
    case "pipe":
      return idFieldsOf(def.in, path);
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "nonoptional":
    case "readonly":
    case "catch":
      return idFieldsOf(def.innerType, path);
    case "custom": {
      // Taken as it is and looked at later: by which schema, it says itself.
      const { standsFor } = z.globalRegistry.get(schema) ?? {};
      if (standsFor instanceof z.ZodType) return idFieldsOf(standsFor, path);
      throw new Error(`a schema of its own at ${path.join(".")}: say by .meta({ standsFor }) what is in it`);
    }
    case "string":
    case "number":
    case "boolean":
    case "literal":
    case "enum":
    case "date":
    case "transform":
      return [];
    default:
      throw new Error(`a schema of type ${def.type} at ${path.join(".")}: say here where it may hold ids`);
  }
}

function distinct(fields: readonly IdField[]): IdField[] {
  const byPath = new Map(fields.map((field) => [field.path.join("."), field]));
  return [...byPath.values()];
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
  const fields = isRecord(value) ? value : {};
  return { ...fields, [name]: withAt(fields[name], rest, put) };
}
