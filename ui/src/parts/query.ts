/** A value as a query names it: in quotation marks wherever a bare word could be read as something else. */
export function quoted(value: string): string {
  return /^[\w][\w.-]*$/.test(value) && !/^(AND|OR|NOT)$/.test(value) ? value : `"${value.replace(/[\\"]/g, "\\$&")}"`;
}

/** A query that asks for all of these fields' values; those that are empty are left out. */
export function queryOf(values: Record<string, string | null | undefined>): string {
  return Object.entries(values)
    .filter((entry): entry is [string, string] => Boolean(entry[1]))
    .map(([field, value]) => `${field}:${quoted(value)}`)
    .join(" AND ");
}
