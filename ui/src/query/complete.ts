import { quoted } from "./clauses";

/** What is being typed at the cursor. */
export interface Typing {
  kind: "field" | "value";
  /** The field whose value is typed. */
  field: string;
  /** What is there of it up to the cursor, without an opening quote. */
  prefix: string;
  /** Where in the query it begins, and the end of the word that the cursor is in. */
  from: number;
  to: number;
}

/** What can be typed next. */
export interface Completion {
  /** What is shown. */
  label: string;
  hint: string;
  /** What takes the place of the word at the cursor. */
  text: string;
}

/** The word at the cursor: a field's name as long as it has no colon, then a value. */
export function typingAt(query: string, cursor: number): Typing {
  let from = cursor;
  let isQuoted = false;
  for (let at = 0; at < cursor; at++) if (query[at] === '"' && query[at - 1] !== "\\") isQuoted = !isQuoted;
  while (from > 0) {
    const before = query[from - 1] ?? "";
    if (isQuoted && before === '"') isQuoted = false;
    else if (!isQuoted && /[\s()]/.test(before)) break;
    from--;
  }
  const word = query.slice(from, cursor);
  const sign = /^[-!+]/.test(word) ? 1 : 0;
  let to = cursor;
  while (to < query.length && !/[\s()]/.test(query[to] ?? "")) to++;
  const colon = word.indexOf(":");
  if (colon < 0) return { kind: "field", field: "", prefix: word.slice(sign), from: from + sign, to };
  const value = word.slice(colon + 1);
  const field = word.slice(sign, colon);
  // After `_exists_:` comes the name of a field.
  if (field === "_exists_") return { kind: "field", field, prefix: value, from: from + colon + 1, to };
  return { kind: "value", field, prefix: value.replace(/^"/, ""), from: from + colon + 1, to };
}

const operators: readonly Completion[] = [
  { label: "AND", hint: "both", text: "AND " },
  { label: "OR", hint: "one of them", text: "OR " },
  { label: "NOT", hint: "but not", text: "NOT " },
  { label: "_exists_", hint: "has the field at all", text: "_exists_:" },
];

/** Names of fields that fit, and the operators. */
export function completeField(typing: Typing, fields: readonly { name: string; description: string }[], most = 12): Completion[] {
  const wanted = typing.prefix.toLowerCase();
  const isExists = typing.field === "_exists_";
  const begin = fields.filter((field) => field.name.toLowerCase().startsWith(wanted));
  const within = wanted.length < 2 ? [] : fields.filter((field) => !field.name.toLowerCase().startsWith(wanted) && field.name.toLowerCase().includes(wanted));
  const names = [...begin, ...within].map((field) => ({ label: field.name, hint: field.description, text: isExists ? `${field.name} ` : `${field.name}:` }));
  const words = isExists || wanted === "" ? [] : operators.filter((operator) => operator.label.toLowerCase().startsWith(wanted));
  return [...words, ...names].slice(0, most);
}

/** Values that fit. */
export function completeValue(typing: Typing, values: readonly { value: string; count: number }[], most = 12): Completion[] {
  const wanted = typing.prefix.toLowerCase();
  return values
    .filter(({ value }) => value.toLowerCase().includes(wanted) && value.length <= 256)
    .slice(0, most)
    .map(({ value, count }) => ({ label: value, hint: count.toLocaleString("en"), text: `${quoted(value)} ` }));
}

/** The query with a completion in its place, and where the cursor is then. */
export function completed(query: string, typing: Typing, completion: Completion): { query: string; cursor: number } {
  const rest = query.slice(typing.to);
  const text = completion.text.endsWith(" ") && rest.startsWith(" ") ? completion.text.trimEnd() : completion.text;
  return { query: query.slice(0, typing.from) + text + rest, cursor: typing.from + text.length + (text.endsWith(" ") || !rest.startsWith(" ") ? 0 : 1) };
}
