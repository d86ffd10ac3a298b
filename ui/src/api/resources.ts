import { keepPreviousData, useInfiniteQuery, useQuery, type InfiniteData, type UseInfiniteQueryResult, type UseQueryResult } from "@tanstack/react-query";
import { usePageTime } from "../time/useTime";
import { get, type Parameters } from "./client";
import type { EventItem, Schemas, Status } from "./types";
import { useRefetch } from "./useRefetch";

/** Where a thing is; a cluster is told from others by the three together. */
export interface Place {
  account: string;
  region: string;
  cluster: string;
}

// Items of the lists are objects of no fixed shape in the API's description: ECS's own names, and what is not known is not there.
export interface ClusterItem extends Place {
  clusterName: string;
  activeServicesCount: number;
  runningTasksCount: number;
  pendingTasksCount: number;
  registeredContainerInstancesCount: number;
  disconnectedAgentsCount: number;
  capacityProviders: string[];
  tags?: { key: string; value: string }[];
  updatedAt?: string;
  silentSeconds?: number;
}

export interface LastFailure {
  task: string;
  at: string;
  kind?: string;
  severity: string;
  summary: string;
}

export interface PendingReason {
  code: string;
  reason: string;
  at?: string;
}

type Counts = { [name in "desiredCount" | "runningCount" | "pendingCount" | "stoppingCount"]: number | null } & { [name in "desiredCount" | "runningCount" | "pendingCount" | "stoppingCount" as `${name}From` | `${name}At`]?: string };

export interface ServiceItem extends Place, Counts {
  serviceName: string;
  serviceArn?: string;
  tags?: { key: string; value: string }[];
  pendingReason?: PendingReason;
  lastFailure?: LastFailure;
  lastEventName?: string;
  lastEventAt?: string;
  steadyAt?: string;
  capacityProviders?: string[];
  deployments: Deployment[];
  updatedAt?: string;
}

export interface Deployment {
  id: string;
  rolloutState?: string;
  rolloutStateReason?: string;
  taskDefinition?: string;
  runningCount: number;
  pendingCount: number;
  failedTasks: number;
  isRollback?: boolean;
  rolledBackTo?: string;
  createdAt?: string;
  updatedAt?: string;
}

export interface DeploymentItem extends Place, Deployment {
  service: string;
}

export interface Container {
  name?: string;
  lastStatus?: string;
  exitCode?: number;
  reason?: string;
  image?: string;
}

export interface TaskItem extends Place {
  taskId: string;
  service?: string;
  family?: string;
  instance?: string;
  deployment?: string;
  taskArn?: string;
  taskDefinitionArn?: string;
  group?: string;
  startedBy?: string;
  lastStatus?: string;
  desiredStatus?: string;
  stopCode?: string;
  stoppedReason?: string;
  launchType?: string;
  capacityProviderName?: string;
  availabilityZone?: string;
  cpu?: string;
  memory?: string;
  connectivity?: string;
  createdAt?: string;
  pullStartedAt?: string;
  pullStoppedAt?: string;
  startedAt?: string;
  stoppingAt?: string;
  executionStoppedAt?: string;
  stoppedAt?: string;
  updatedAt?: string;
  network?: { status?: string; networkInterfaceId?: string; subnetId?: string; privateIPv4Address?: string };
  containers: Container[];
  pendingReason?: PendingReason;
  kind?: string;
  outcome?: string;
  severity?: string;
  summary?: string;
}

export interface InstanceItem extends Place {
  instance: string;
  ec2InstanceId?: string;
  status?: string;
  statusReason?: string;
  agentConnected?: boolean;
  agentSince?: string;
  agentSinceAtLeast?: boolean;
  healthStatus?: string;
  runningTasksCount: number;
  pendingTasksCount: number;
  registeredCpu?: number;
  registeredMemory?: number;
  remainingCpu?: number;
  remainingMemory?: number;
  usedCpu?: number;
  usedMemory?: number;
  capacityProviderName?: string;
  instanceType?: string;
  availabilityZone?: string;
  agentVersion?: string;
  registeredAt?: string;
  updatedAt?: string;
}

/** What a cluster has. */
export type CapacityItem = Schemas["CapacityCluster"];

export interface Items {
  clusters: ClusterItem;
  capacity: CapacityItem;
  services: ServiceItem;
  deployments: DeploymentItem;
  tasks: TaskItem;
  instances: InstanceItem;
}

/** A page of a list; of a moment in the past also which, since when things are known, and how complete that is. */
export interface ResourcePage<T> {
  items: T[];
  next: string | null;
  at?: string;
  since?: string | null;
  note?: string | null;
}

export interface TaskRecord {
  task: TaskItem;
  tags: Schemas["TaskTag"][];
  diagnosis: Schemas["TaskDiagnosis"] | null;
  phases: Schemas["TaskPhase"][];
  events: EventItem[];
  siblings: TaskItem[];
  serviceEvents: EventItem[];
  logs: Schemas["TaskLogs"] | null;
  cut: string | null;
}

const pageSize = 200;

export type ListQuery<T> = UseInfiniteQueryResult<InfiniteData<ResourcePage<T>>>;

/** A list of the clusters' things, page by page, as they are or as they were at the page's time. */
export function useResources<Kind extends keyof Items>(kind: Kind, parameters: Parameters, options: { isWanted?: boolean; isHeavy?: boolean; limit?: number } = {}): ListQuery<Items[Kind]> {
  const { moment } = usePageTime();
  const refetch = useRefetch({ isHeavy: options.isHeavy ?? false });
  return useInfiniteQuery({
    queryKey: [kind, parameters, moment],
    queryFn: ({ pageParam, signal }) => get<ResourcePage<Items[Kind]>>(`/api/v1/${kind}`, { ...parameters, at: moment, limit: options.limit ?? pageSize, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    // Another order or moment of the same cluster stays until the next is there; another cluster's things do not.
    placeholderData: (before, query) => (isSamePlace(query?.queryKey[1] as Parameters | undefined, parameters) ? before : undefined),
    enabled: options.isWanted ?? true,
    meta: { isHeavy: options.isHeavy ?? false },
    refetchInterval: (query) => refetch(query.state.data?.pages.length ?? 1),
  });
}

const isSamePlace = (one: Parameters | undefined, other: Parameters): boolean => one !== undefined && (["account", "region", "cluster"] as const).every((name) => one[name] === other[name]);

/** All items of the pages that are there. */
export const itemsOf = <T>(query: ListQuery<T>): T[] => (query.data?.pages ?? []).flatMap((page) => page.items);

/** How things stand, as the Overview has it: which services fail, since when and why. */
export function useStatus(): UseQueryResult<Status> {
  const { time, api, isLive } = usePageTime();
  // The server begins a day back unless told, so all that is stored has to be asked for.
  const range = time.mode === "live" && time.last === "all" ? { from: "1970-01-01" } : api;
  return useQuery({
    queryKey: ["status", range],
    queryFn: ({ signal }) => get<Status>("/api/v1/status", range, signal),
    refetchInterval: isLive ? 10_000 : false,
    placeholderData: keepPreviousData,
  });
}

/** One task with all that is known of it; of one that is over, nothing more is to come but what its service says. */
export function useTask(taskId: string): UseQueryResult<TaskRecord> {
  const refetch = useRefetch({});
  return useQuery({
    queryKey: ["task", taskId],
    queryFn: ({ signal }) => get<TaskRecord>(`/api/v1/tasks/${encodeURIComponent(taskId)}`, {}, signal),
    refetchInterval: (query) => (query.state.data?.task.lastStatus === "STOPPED" ? false : refetch(1)),
    // Another task's story is not this one's.
    placeholderData: () => undefined,
  });
}
