import type { EventItem, FieldItem } from "../../api/types";

/** One value of an event and where it stands. */
export interface EventValue {
  path: string;
  value: string;
}

const mostValues = 2_000;

/** What we know of an event beside its own text, by field, in the order in which people ask for it. */
export function known(event: EventItem): EventValue[] {
  const names = ["outcome", "severity", "kind", "cluster", "service", "task", "instance", "account", "region", "detailType", "source", "id", "key"] as const;
  const values: EventValue[] = [];
  for (const name of names) if (event[name]) values.push({ path: name, value: event[name] });
  return values;
}

/** Every value of an event's own text with its path as queries name it: elements of a list have the list's. At most 2,000. */
export function flattened(event: unknown): EventValue[] {
  const values: EventValue[] = [];
  const walk = (node: unknown, path: string): void => {
    if (values.length >= mostValues) return;
    if (Array.isArray(node)) {
      for (const item of node) walk(item, path);
    } else if (typeof node === "object" && node !== null) {
      for (const [name, value] of Object.entries(node)) walk(value, path === "" ? name : `${path}.${name}`);
    } else if (path !== "") {
      values.push({ path, value: node === null ? "null" : String(node) });
    }
  };
  walk(event, "");
  return values;
}

/** The values that a column shows of an event. */
export function valuesOf(event: EventItem, name: string, fields: ReadonlyMap<string, FieldItem>): string[] {
  const direct = (event as Record<string, unknown>)[name];
  if (name !== "event" && (typeof direct === "string" || typeof direct === "boolean")) return [String(direct)];
  const path = fields.get(name)?.path || name;
  let found: unknown[] = [event.event];
  for (const step of path.split(".")) {
    found = found.flatMap((node) => (Array.isArray(node) ? node : [node])).flatMap((node: unknown) => (typeof node === "object" && node !== null && step in node ? [(node as Record<string, unknown>)[step]] : []));
  }
  const flat = found.flatMap((node) => (Array.isArray(node) ? (node as unknown[]) : [node]));
  return [...new Set(flat.filter((node) => node !== null && node !== undefined).map((node) => (typeof node === "object" ? JSON.stringify(node) : String(node))))];
}
