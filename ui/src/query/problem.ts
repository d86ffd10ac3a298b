import { useSyncExternalStore } from "react";
import type { ApiProblem } from "../api/client";

/** What the server said about the query that is asked: shown under the search box, found by the page that asks it. */
let current: { query: string; problem: ApiProblem } | undefined;
const listeners = new Set<() => void>();

export function tellQueryProblem(query: string, problem: ApiProblem | undefined): void {
  const next = problem ? { query, problem } : undefined;
  if (next?.problem === current?.problem) return;
  current = next;
  for (const listener of listeners) listener();
}

/** What is wrong with this query, if anything was found to be. */
export function useQueryProblem(query: string): ApiProblem | undefined {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => current,
  );
  return now?.query === query ? now.problem : undefined;
}
