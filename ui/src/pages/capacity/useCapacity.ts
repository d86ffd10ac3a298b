import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { get } from "../../api/client";
import type { Schemas } from "../../api/types";
import { usePageTime } from "../../time/useTime";
import type { Resource } from "./packing";

export type CapacityOfCluster = Schemas["CapacityOfCluster"];
export type CapacityService = Schemas["CapacityService"];
export type CapacityPlan = Schemas["CapacityPlan"];
export type CapacityPacking = Schemas["CapacityPacking"];
export type CapacityHistory = Schemas["CapacityHistory"];
export type CapacityAdvice = Schemas["CapacityAdvice"];
export type Advice = Schemas["Advice"];

/** What must still be possible when instances have gone; the names are the API's. */
export const rooms = ["deployment", "instance", "zone"] as const;
export type Room = (typeof rooms)[number];

/** Unless the address says otherwise. */
const roomUnlessSaid = "deployment,instance";

/** How old an answer may grow while the page is live. */
const milliseconds = 15_000;
/** A plan takes a processor for as long as it lasts. */
const planMilliseconds = 120_000;

function useOf<T>(kind: string, cluster: string, path: string, parameters: Record<string, string | number | undefined>, pause: number): UseQueryResult<T> {
  const { moment, isLive } = usePageTime();
  return useQuery({
    queryKey: [kind, cluster, parameters, moment],
    queryFn: ({ signal }) => get<T>(`/api/v1/capacity/${encodeURIComponent(cluster)}${path}`, { ...parameters, at: moment }, signal),
    staleTime: pause / 2,
    refetchInterval: isLive ? pause : false,
    // Another cluster's are not this one's.
    placeholderData: (before, query) => (query?.queryKey[1] === cluster ? keepPreviousData(before) : undefined),
  });
}

/** What a cluster has, what fails to be placed, and each service with what still fits. */
export const useCapacity = (cluster: string): UseQueryResult<CapacityOfCluster> => useOf("capacity of", cluster, "", { by: "service", limit: 1_000 }, milliseconds);

/** What is on each instance. */
export const usePacking = (cluster: string): UseQueryResult<CapacityPacking> => useOf("packing", cluster, "/packing", {}, milliseconds);

/** How few instances would do, and what would be on each. */
export const usePlan = (cluster: string, room: string): UseQueryResult<CapacityPlan> => useOf("plan", cluster, "/plan", { room, packing: "true" }, planMilliseconds);

/** What services need, by how their tasks stopped and by what they use. */
export const useAdvice = (cluster: string): UseQueryResult<CapacityAdvice> => useOf("advice", cluster, "/advice", {}, planMilliseconds);

/** So many moments of a stretch: a quarter of an hour of a day. */
const historyPoints = 97;

/** How a cluster's capacity was over the page's time; of all time, over a week. */
export function useHistory(cluster: string): UseQueryResult<CapacityHistory> {
  const { api, isLive } = usePageTime();
  const range = { from: api.from ?? "now-7d", to: api.to };
  return useQuery({
    queryKey: ["capacity history", cluster, range],
    queryFn: ({ signal }) => get<CapacityHistory>(`/api/v1/capacity/${encodeURIComponent(cluster)}/history`, { ...range, points: historyPoints }, signal),
    // It reads every event of the cluster in that time.
    staleTime: planMilliseconds / 2,
    refetchInterval: isLive ? planMilliseconds : false,
    placeholderData: (before, query) => (query?.queryKey[1] === cluster ? keepPreviousData(before) : undefined),
  });
}

/** What the address of a cluster's Capacity page says beside the cluster and the time. */
export interface CapacityView {
  resource: Resource;
  /** As the API takes it. */
  room: string;
  has: (room: Room) => boolean;
  setResource: (resource: Resource) => void;
  setRoom: (room: Room, is: boolean) => void;
}

export function useCapacityView(): CapacityView {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = (to: Record<string, string | undefined>) => void navigate({ to: ".", search: (now) => ({ ...now, ...to }), replace: true });
  const chosen = (search.room ?? roomUnlessSaid).split(",");
  const known = rooms.filter((room) => chosen.includes(room));
  const room = known.length > 0 ? known.join(",") : "none";
  return {
    resource: search.by === "cpu" ? "cpu" : "memory",
    room,
    has: (one) => known.includes(one),
    setResource: (resource) => change({ by: resource === "memory" ? undefined : resource }),
    setRoom: (one, is) => {
      const next = rooms.filter((other) => (other === one ? is : known.includes(other))).join(",") || "none";
      change({ room: next === roomUnlessSaid ? undefined : next });
    },
  };
}
