import { integer, text } from "drizzle-orm/sqlite-core";
import type { Id } from "../../src/kernel/ids.ts";

/** An instant: epoch milliseconds in the database, a Date in the code. */
export const instant = (name: string) => integer(name, { mode: "timestamp_ms" });

export const flag = (name: string) => integer(name, { mode: "boolean" });

/** A prefixed id; which noun it names is part of its type. */
export const id = <Prefix extends string>(name: string, _prefix: Prefix) => text(name).$type<Id<Prefix>>();

export const json = <Shape>(name: string) => text(name, { mode: "json" }).$type<Shape>();
