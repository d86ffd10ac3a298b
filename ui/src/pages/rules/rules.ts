import { useMutation, useQuery } from "@tanstack/react-query";
import { ask, get } from "../../api/client";
import type { ReceiverPage, ReceiverTest, Rehearsed, RulePage } from "../../api/types";

/** What the page shows, by its address. */
export const parts = [
  { show: "rules", words: "Rules" },
  { show: "try", words: "Try a change" },
  { show: "silences", words: "Silences" },
  { show: "receivers", words: "Receivers" },
] as const;

export type PartName = (typeof parts)[number]["show"];

/** The part of the address; what is not one is the rules. */
export const partOf = (text: string | undefined): PartName => parts.find((part) => part.show === text)?.show ?? "rules";

/** The rules that are on. */
export const useRules = () => useQuery({ queryKey: ["rules"], queryFn: ({ signal }) => get<RulePage>("/api/v1/rules", {}, signal), refetchInterval: 15_000 });

/** The receivers, and how their messages fare. */
export const useReceivers = () => useQuery({ queryKey: ["receivers"], queryFn: ({ signal }) => get<ReceiverPage>("/api/v1/receivers", {}, signal), refetchInterval: 10_000 });

/** Sends a sample to a receiver. */
export const useReceiverTest = () => useMutation({ mutationFn: (name: string) => ask<ReceiverTest>("POST", `/api/v1/receivers/${encodeURIComponent(name)}/test`) });

/** Runs a configuration's rules over what is stored since a moment. */
export const useRehearsal = () => useMutation({ mutationFn: (wish: { config: string; from: string }) => ask<Rehearsed>("POST", "/api/v1/rules/test", { body: wish }) });
