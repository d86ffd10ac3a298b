import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

export const tabs = ["services", "tasks", "instances", "deployments", "events"] as const;
export type Tab = (typeof tabs)[number];

/** What tasks can be asked for by a link or a click; the names are the API's. */
export const taskFilters = ["service", "family", "deployment", "instance", "lastStatus", "launchType", "capacityProvider"] as const;
export type TaskFilter = (typeof taskFilters)[number];

export interface ClusterView {
  tab: Tab;
  /** The API's name of the order, with a minus for the greatest first; "" for the table's own. */
  sort: string;
  filters: Partial<Record<TaskFilter, string>>;
  /** Tasks that are over, instead of those that are not. */
  isStopped: boolean;
  setTab: (tab: Tab) => void;
  setSort: (sort: string) => void;
  setFilter: (name: TaskFilter, value: string | undefined) => void;
  setStopped: (is: boolean) => void;
}

/** What the address of a Cluster page says beside the cluster and the time. */
export function useCluster(): ClusterView {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const state = useMemo(
    () => ({
      tab: tabs.find((known) => known === search.tab) ?? ("services" as const),
      sort: search.sort ?? "",
      filters: Object.fromEntries(taskFilters.flatMap((name) => (search[name] ? [[name, search[name]]] : []))) as Partial<Record<TaskFilter, string>>,
      isStopped: search.stopped === "true",
    }),
    [search],
  );
  const change = useCallback((to: Record<string, string | undefined>, replace = false) => void navigate({ to: ".", search: (now) => ({ ...now, ...to }), replace }), [navigate]);
  return useMemo(
    () => ({
      ...state,
      // Orders and filters are each table's own.
      setTab: (tab) => void navigate({ to: ".", search: tab === "services" ? {} : { tab } }),
      setSort: (sort) => change({ sort: sort || undefined }, true),
      setFilter: (name, value) => change({ [name]: value }),
      setStopped: (is) => change({ stopped: is ? "true" : undefined, lastStatus: undefined, sort: undefined }),
    }),
    [state, navigate, change],
  );
}
