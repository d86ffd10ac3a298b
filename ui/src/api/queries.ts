import { keepPreviousData, QueryClient, useQuery } from "@tanstack/react-query";
import { ApiProblem, ask, get } from "./client";
import type { EventPage, FieldList, Pipeline, SessionInfo } from "./types";

/** Asking again may help: what the caller must change (4xx), and what this server has not (501), does not get better by it. */
export const mayPass = (failure: unknown) => failure instanceof ApiProblem && (failure.status === 0 || (failure.status >= 500 && failure.status !== 501));

/** The cache of answers. What is shown stays shown while the next answer is on its way. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        placeholderData: keepPreviousData,
        retry: (count, failure) => count < 2 && mayPass(failure),
        retryDelay: (count) => 400 * 2 ** count,
      },
    },
  });
}

/** Who one is; 401 when one has to sign in. */
export const useSession = () => useQuery({ queryKey: ["session"], queryFn: ({ signal }) => get<SessionInfo>("/api/v1/session", {}, signal), staleTime: 60_000 });

/** What became of everything received, anew every few seconds. */
export const usePipeline = () => useQuery({ queryKey: ["pipeline"], queryFn: ({ signal }) => get<Pipeline>("/api/v1/pipeline", {}, signal), refetchInterval: 4_000, retry: false });

/** The newest event that is stored; asked for only where the server has had none since its start. */
export const useNewestEvent = (isWanted: boolean) =>
  useQuery({ queryKey: ["newest", ""], queryFn: ({ signal }) => get<EventPage>("/api/v1/events", { limit: 1 }, signal), enabled: isWanted, refetchInterval: 30_000 });

/** The fields that queries can name. */
export const useFields = () => useQuery({ queryKey: ["fields"], queryFn: ({ signal }) => get<FieldList>("/api/v1/fields", {}, signal), staleTime: 300_000 });

/** Begins a session; the token is sent once and kept nowhere. */
export const signIn = (token: string): Promise<SessionInfo> => ask<SessionInfo>("POST", "/api/v1/session", { body: { token } });

/** Ends the session. */
export const signOut = (): Promise<void> => ask<void>("DELETE", "/api/v1/session");
