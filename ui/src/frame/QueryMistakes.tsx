import type { ApiProblem } from "../api/client";
import { visible } from "../parts/EventText";
import classes from "./SearchBox.module.css";

const before = 40;
const after = 20;

/** What is wrong with a query: each mistake under the characters that it is about. */
export function QueryMistakes({ id, query, problem, isInline = false }: { id?: string; query: string; problem: ApiProblem; isInline?: boolean }) {
  const className = isInline ? classes.inline : classes.mistakes;
  if (problem.errors.length === 0)
    return (
      <div id={id} role="alert" className={className}>
        {problem.message}
      </div>
    );
  return (
    <div id={id} role="alert" className={className}>
      {problem.errors.slice(0, 5).map((mistake) => {
        const at = mistake.column - 1;
        const from = Math.max(0, at - before);
        const to = Math.min(query.length, at + Math.max(1, mistake.length) + after);
        const shown = (from > 0 ? "…" : "") + visible(query.slice(from, to)) + (to < query.length ? "…" : "");
        const indent = at - from + (from > 0 ? 1 : 0);
        return (
          <div key={`${mistake.column} ${mistake.message}`} className={classes.mistake}>
            <pre aria-hidden="true">
              {shown}
              {"\n"}
              {" ".repeat(indent)}
              <b>{"^".repeat(Math.max(1, Math.min(mistake.length, to - at)))}</b>
            </pre>
            <span>
              <span className="visually-hidden">Column {mistake.column}: </span>
              {mistake.message} {mistake.suggestion ?? ""}
            </span>
          </div>
        );
      })}
    </div>
  );
}
