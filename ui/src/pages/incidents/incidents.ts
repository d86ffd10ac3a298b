import { useQuery, useQueryClient, useMutation } from "@tanstack/react-query";
import { ask, get } from "../../api/client";
import type { IncidentDetail, IncidentItem, IncidentPage } from "../../api/types";
import type { State } from "../../state";

/** The lists that there are, by what the API calls their state. */
export const lists = [
  { state: "open", words: "Open" },
  { state: "resolved", words: "Resolved" },
  { state: "expired", words: "Expired" },
  { state: "", words: "All" },
] as const;

export type ListState = (typeof lists)[number]["state"];

/** How many are asked for at once. */
export const most = 500;

const looks: Record<string, State> = { firing: "failing", acknowledged: "progress", resolved: "healthy", expired: "unknown", synthetic: "routine" };

/** How an incident looks: a failure that nobody has seen, one that somebody sees to, one that is over. A warning is one. */
export const lookOf = (incident: Pick<IncidentItem, "state" | "severity">): State =>
  incident.state === "firing" && (incident.severity === "warning" || incident.severity === "info") ? "warning" : (looks[incident.state] ?? "unknown");

/** The list of the address; what is not one is the open ones. */
export const listOf = (text: string | undefined): ListState => (text === "all" ? "" : (lists.find((list) => list.state !== "" && list.state === text)?.state ?? "open"));

/** Incidents of a state, anew every few seconds. */
export const useIncidents = (state: ListState) =>
  useQuery({ queryKey: ["incidents", state], queryFn: ({ signal }) => get<IncidentPage>("/api/v1/incidents", { limit: most, ...(state ? { state } : {}) }, signal), refetchInterval: 4_000 });

/** One, with all that became of it. */
export const useIncident = (id: string) =>
  useQuery({ queryKey: ["incident", id], queryFn: ({ signal }) => get<IncidentDetail>(`/api/v1/incidents/${encodeURIComponent(id)}`, {}, signal), refetchInterval: 4_000, placeholderData: () => undefined });

/** What people do with one. */
export type Verb = "acknowledge" | "assign" | "resolve" | "reopen" | "comments";

/** Who says so where nobody has signed in: kept in the browser. */
export const nameKey = "crowsnest-name";

/** Does something with an incident; what came of it is shown at once. */
export function useAct(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ verb, text, assignee }: { verb: Verb; text?: string; assignee?: string }) =>
      ask<IncidentDetail>("POST", `/api/v1/incidents/${encodeURIComponent(id)}/${verb}`, {
        body: { by: localStorage.getItem(nameKey) ?? undefined, ...(text === undefined ? {} : { text }), ...(assignee === undefined ? {} : { assignee }) },
      }),
    onSuccess: (after) => {
      client.setQueryData(["incident", id], after);
      void client.invalidateQueries({ queryKey: ["incidents"] });
    },
  });
}
