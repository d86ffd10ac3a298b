/** A clause of a query as it stands there: `kind:OutOfMemory`, `NOT service:web`, `(a OR b)`. */
export interface Clause {
  /** Without its NOT. */
  text: string;
  isNegated: boolean;
}

/**
 * The clauses that a query joins by AND, or one clause that is all of it when it has an OR on its outer level.
 * What is not a whole query yet (a quote or a parenthesis that is still open) is one clause too.
 */
export function clausesOf(query: string): Clause[] {
  const words = wordsOf(query);
  if (words === undefined || words.some((word) => word === "OR" || word === "||")) return query.trim() === "" ? [] : [{ text: query.trim(), isNegated: false }];
  const clauses: Clause[] = [];
  let isNegated = false;
  for (const word of words) {
    if (word === "AND" || word === "&&") continue;
    if (word === "NOT") {
      isNegated = !isNegated;
      continue;
    }
    const sign = /^[-!]/.test(word) && word.length > 1;
    clauses.push({ text: sign ? word.slice(1) : word.replace(/^\+/, ""), isNegated: sign ? !isNegated : isNegated });
    isNegated = false;
  }
  return clauses;
}

/** A query that asks all of these. */
export function queryOf(clauses: readonly Clause[]): string {
  return clauses.map((clause) => `${clause.isNegated ? "NOT " : ""}${isOr(clause.text) && clauses.length > 1 ? `(${clause.text})` : clause.text}`).join(" AND ");
}

/** A clause that a field has a value. */
export const clauseFor = (field: string, value: string): string => `${field}:${quoted(value)}`;

/** The query and one clause more; its opposite, where it is asked, gives way to it. */
export function withClause(query: string, text: string, isNegated = false): string {
  const clauses = clausesOf(query);
  if (clauses.some((clause) => clause.text === text && clause.isNegated === isNegated)) return query;
  return queryOf([...clauses.filter((clause) => clause.text !== text), { text, isNegated }]);
}

/** A value as a query may hold it: what could mean something else stands in quotes. */
export function quoted(value: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_./@-]*$/.test(value) && !/^(AND|OR|NOT|TO)$/.test(value)) return value;
  if (/^-?\d+(\.\d+)?$/.test(value)) return value;
  return `"${value.replace(/[\\"]/g, "\\$&")}"`;
}

const isOr = (text: string): boolean => (wordsOf(text) ?? []).some((word) => word === "OR" || word === "||");

/** Words of the outer level, groups and quotes whole; undefined when something is left open. */
function wordsOf(query: string): string[] | undefined {
  const words: string[] = [];
  let word = "";
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < query.length; at++) {
    const character = query[at] ?? "";
    if (character === "\\") {
      word += character + (query[++at] ?? "");
      continue;
    }
    if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && /[([{]/.test(character)) depth++;
    else if (!isQuoted && /[)\]}]/.test(character)) depth--;
    if (/\s/.test(character) && !isQuoted && depth === 0) {
      if (word !== "") words.push(word);
      word = "";
    } else {
      word += character;
    }
  }
  if (word !== "") words.push(word);
  return isQuoted || depth !== 0 ? undefined : words;
}
