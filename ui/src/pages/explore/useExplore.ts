import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { withClause, clauseFor, queryOf, type Clause } from "../../query/clauses";

export const tabs = ["table", "json", "context"] as const;
export type Tab = (typeof tabs)[number];

/** What the address says that Explore shows; time is the page's own. */
export interface ExploreState {
  q: string;
  /** The field that the histogram is broken down by; "" for none. */
  by: string;
  columns: readonly string[];
  /** The key of the event in the flyout. */
  open: string | undefined;
  tab: Tab;
}

export interface Explore extends ExploreState {
  set: (change: Partial<ExploreState>, options?: { replace?: boolean }) => void;
  /** Asks for a value too, or for all but it. */
  filter: (field: string, value: string, isNegated?: boolean) => void;
  setClauses: (clauses: readonly Clause[]) => void;
}

const presetBy = "outcome";
const mostColumns = 8;

/** Explore's state is its address: shared by copying it, and gone back to by the browser. */
export function useExplore(): Explore {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const { q = "", by, cols, open, tab } = search;
  const state = useMemo<ExploreState>(
    () => ({
      q,
      by: by === "none" ? "" : (by ?? presetBy),
      columns: [...new Set((cols ?? "").split(",").filter((name) => name !== ""))].slice(0, mostColumns),
      open,
      tab: tabs.find((known) => known === tab) ?? "table",
    }),
    [q, by, cols, open, tab],
  );
  const set = useCallback(
    (change: Partial<ExploreState>, options?: { replace?: boolean }) =>
      void navigate({
        to: "/explore",
        replace: options?.replace ?? false,
        search: (now) => ({
          ...now,
          ...("q" in change ? { q: change.q || undefined } : {}),
          ...("by" in change ? { by: change.by === presetBy ? undefined : change.by || "none" } : {}),
          ...("columns" in change ? { cols: change.columns?.join(",") || undefined } : {}),
          ...("open" in change ? { open: change.open } : {}),
          ...("tab" in change ? { tab: change.tab === "table" ? undefined : change.tab } : {}),
        }),
      }),
    [navigate],
  );
  const filter = useCallback((field: string, value: string, isNegated = false) => set({ q: withClause(q, clauseFor(field, value), isNegated) }), [q, set]);
  const setClauses = useCallback((clauses: readonly Clause[]) => set({ q: queryOf(clauses) }), [set]);
  return useMemo(() => ({ ...state, set, filter, setClauses }), [state, set, filter, setClauses]);
}

