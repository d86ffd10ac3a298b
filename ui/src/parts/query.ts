import { clauseFor } from "../query/clauses";

/** A query that asks for all of these fields' values; those that are empty are left out. */
export function queryFor(values: Record<string, string | null | undefined>): string {
  return Object.entries(values)
    .filter((entry): entry is [string, string] => Boolean(entry[1]))
    .map(([field, value]) => clauseFor(field, value))
    .join(" AND ");
}
