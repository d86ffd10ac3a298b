import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ask, get } from "../../api/client";
import type { IncidentItem, SilenceItem, SilencePage, SilencePreview } from "../../api/types";
import { nameKey } from "../incidents/incidents";

/** Silences: active, pending, then those that ended lately. */
export const useSilences = () => useQuery({ queryKey: ["silences"], queryFn: ({ signal }) => get<SilencePage>("/api/v1/silences", {}, signal), refetchInterval: 10_000 });

/** What is to be silenced, as the form has it. */
export interface Wish {
  matchers: string;
  duration: string;
  comment: string;
  by: string;
}

/** Conditions on labels as people write them, several with commas; the server reads each. */
const bodyOf = (wish: Wish) => ({ matchers: [wish.matchers], duration: wish.duration, comment: wish.comment, by: wish.by || (localStorage.getItem(nameKey) ?? undefined) });

/** What a silence would hide. */
export const usePreview = () => useMutation({ mutationFn: (wish: Wish) => ask<SilencePreview>("POST", "/api/v1/silences/preview", { body: { matchers: [wish.matchers] } }) });

/** Makes one. */
export function useSilence() {
  const client = useQueryClient();
  return useMutation({ mutationFn: (wish: Wish) => ask<SilenceItem>("POST", "/api/v1/silences", { body: bodyOf(wish) }), onSuccess: () => void client.invalidateQueries({ queryKey: ["silences"] }) });
}

/** Ends one. */
export function useExpire() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => ask<SilenceItem>("POST", `/api/v1/silences/${encodeURIComponent(id)}/expire`),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["silences"] }),
  });
}

const silenced = ["alertname", "cluster", "service", "family", "instance", "provider"] as const;

/** The matchers that hide an incident and what is like it: its rule and its place. */
export const matchersOf = (incident: Pick<IncidentItem, "labels">): string =>
  silenced
    .filter((label) => incident.labels[label])
    .map((label) => `${label}=${JSON.stringify(incident.labels[label])}`)
    .join(",");
