import type { ClusterItem, InstanceItem, Place, ResourcePage, ServiceItem, TaskItem, TaskRecord } from "../api/resources";
import type { HistogramAnswer, Status } from "../api/types";
import { anEvent, noCounts, type Told } from "./story";

/** Everything happens in this cluster, unless a story says otherwise; the address is that of its page. */
export const place: Place = { account: "111122223333", region: "eu-west-1", cluster: "shop" };
export const address = "/clusters/111122223333:eu-west-1:shop";

const start = Date.UTC(2026, 2, 2, 9, 0, 0);
/** A moment, so many seconds before nine. */
export const before = (seconds: number): string => new Date(start - seconds * 1_000).toISOString();

export const aCluster = (change: Partial<ClusterItem> = {}): ClusterItem => ({
  ...place,
  tags: [{ key: "stage", value: "live" }],
  clusterName: change.cluster ?? place.cluster,
  activeServicesCount: 3,
  runningTasksCount: 7,
  pendingTasksCount: 1,
  registeredContainerInstancesCount: 2,
  disconnectedAgentsCount: 0,
  capacityProviders: [],
  updatedAt: before(4),
  silentSeconds: 4,
  ...change,
});

export const aService = (name: string, change: Partial<ServiceItem> = {}): ServiceItem => ({
  ...place,
  serviceName: name,
  desiredCount: 2,
  desiredCountFrom: "serviceEvent",
  desiredCountAt: before(240),
  runningCount: 2,
  runningCountFrom: "tasks",
  runningCountAt: before(12),
  pendingCount: 0,
  stoppingCount: 0,
  deployments: [{ id: "ecs-svc/1234567890123456789", rolloutState: "COMPLETED", taskDefinition: `arn:aws:ecs:eu-west-1:111122223333:task-definition/${name}:7`, runningCount: 2, pendingCount: 0, failedTasks: 0, createdAt: before(86_400) }],
  steadyAt: before(600),
  updatedAt: before(12),
  ...change,
});

/** A task by its number; ids are in the order of the numbers. */
export const aTask = (index: number, change: Partial<TaskItem> = {}): TaskItem => ({
  ...place,
  taskId: index.toString(16).padStart(32, "0"),
  service: "checkout",
  family: "checkout",
  taskDefinitionArn: "arn:aws:ecs:eu-west-1:111122223333:task-definition/checkout:7",
  lastStatus: "RUNNING",
  desiredStatus: "RUNNING",
  launchType: "FARGATE",
  createdAt: before(4_000),
  startedAt: before(3_960),
  containers: [{ name: "web", lastStatus: "RUNNING", image: "checkout:7" }],
  ...change,
});

export const anInstance = (index: number, change: Partial<InstanceItem> = {}): InstanceItem => ({
  ...place,
  instance: index.toString(16).padStart(32, "0"),
  ec2InstanceId: `i-${index.toString(16).padStart(17, "0")}`,
  status: "ACTIVE",
  agentConnected: true,
  agentSince: before(7_200),
  runningTasksCount: 4,
  pendingTasksCount: 0,
  registeredCpu: 4_096,
  registeredMemory: 15_712,
  usedCpu: 1_536,
  usedMemory: 4_096,
  remainingCpu: 2_048,
  remainingMemory: 10_592,
  instanceType: "m6i.xlarge",
  availabilityZone: "eu-west-1a",
  ...change,
});

/** Of the fleet, that one service fails. */
export function aStatus(failing: string[] = ["checkout"], clusters: ClusterItem[] = [aCluster()]): Status {
  return {
    from: before(86_400),
    to: before(0),
    latelyFrom: before(3_600),
    events: 1_000,
    eventsLately: 100,
    failureEvents: 12,
    failureEventsLately: 3,
    servicesFailing: failing.length,
    clustersFailing: failing.length > 0 ? 1 : 0,
    failingSince: before(1_200),
    rolledBackLately: 0,
    failures: failing.map((service) => ({
      state: "failing",
      ...place,
      service,
      family: service,
      kind: "OutOfMemory",
      severity: "error",
      summary: 'The container "web" was killed at its 512 MiB limit after 3 h 12 m.',
      nextStep: "Raise the container's memory.",
      key: "1",
      count: 3,
      firstAt: before(1_200),
      since: before(1_200),
      lastAt: before(30),
      recoveredAt: null,
      counts: [0, 1, 2],
      incident: null,
    })),
    failuresLeftOut: 0,
    kinds: [],
    services: [],
    clusters: clusters.map((cluster) => ({
      account: cluster.account,
      region: cluster.region,
      name: cluster.cluster,
      events: 1_000,
      eventsLately: 100,
      failureEvents: 12,
      failureEventsLately: 3,
      lastAt: before(4),
      counts: Array.from({ length: 48 }, (_, at) => (at * 7) % 13),
      services: (cluster.cluster === place.cluster ? ["checkout", "cart", "search"] : ["web"]).map((name) => ({ name, state: failing.includes(name) ? "failing" : "healthy", why: failing.includes(name) ? "out of memory" : "No failure was heard of lately.", events: 10, failureEvents: 1, lastAt: before(4) })),
    })),
    strip: { from: before(21_600), to: before(0), bucketMilliseconds: 300_000, kinds: [], deployments: [] },
    cut: null,
  };
}

/** A page of a list, as the server pages: the cursor is where the next begins. */
export function paged<T>(url: URL, items: readonly T[], more: Partial<ResourcePage<T>> = {}): Told {
  const from = Number(url.searchParams.get("cursor") ?? 0);
  const limit = Number(url.searchParams.get("limit") ?? 100);
  return { json: { items: items.slice(from, from + limit), next: from + limit < items.length ? String(from + limit) : null, ...more } };
}

/** Failures over a day, of which all was stored. */
export function counted(url: URL): Told {
  if (url.searchParams.get("buckets") === "1") return { json: { ...noCounts, from: before(86_400), bucketMilliseconds: 86_400_000, total: 1_000, counts: [1_000] } };
  const counts = Array.from({ length: 120 }, (_, at) => (at % 17 === 3 ? 4 : 0));
  const answer: HistogramAnswer = { from: before(86_400), bucketMilliseconds: 720_000, total: 28, counts, series: [{ value: "OutOfMemory", total: 28, counts }], cut: null };
  return { json: answer };
}

/** A task that ran out of memory after three hours, and its story. */
export function aRecord(change: Partial<TaskRecord> = {}): TaskRecord {
  const created = 12_000;
  const at = (status: string, seconds: number, container: string) =>
    anEvent(seconds, { event: { "detail-type": "ECS Task State Change", detail: { lastStatus: status, desiredStatus: status === "STOPPED" ? "STOPPED" : "RUNNING", updatedAt: before(seconds), containers: [{ name: "web", lastStatus: container }, { name: "envoy", lastStatus: container }], overrides: { containerOverrides: [{ name: "web", environment: [{ name: "API_TOKEN", value: "***" }] }] } } } });
  const task = aTask(1, {
    instance: "0".repeat(31) + "1",
    deployment: "ecs-svc/1234567890123456789",
    lastStatus: "STOPPED",
    desiredStatus: "STOPPED",
    stopCode: "EssentialContainerExited",
    createdAt: before(created),
    startedAt: before(created - 12),
    stoppingAt: before(62),
    executionStoppedAt: before(60),
    stoppedAt: before(58),
    containers: [
      { name: "web", lastStatus: "STOPPED", exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" },
      { name: "envoy", lastStatus: "STOPPED", exitCode: 0 },
    ],
    kind: "OutOfMemory",
    outcome: "failure",
    severity: "error",
    summary: 'The container "web" was killed at its 512 MiB limit after 3 h 18 m.',
  });
  return {
    task,
    diagnosis: { kind: "OutOfMemory", outcome: "failure", severity: "error", summary: task.summary ?? "", evidence: ["stopCode=EssentialContainerExited", "container web: exit 137"], nextStep: "Raise the container's memory in the task definition." },
    phases: [
      { phase: "provisioning", from: before(created), to: before(created - 3), seconds: 3 },
      { phase: "pulling", from: before(created - 3), to: before(created - 10), seconds: 7 },
      { phase: "starting", from: before(created - 10), to: before(created - 12), seconds: 2 },
      { phase: "running", from: before(created - 12), to: before(62), seconds: created - 74 },
      { phase: "stopping", from: before(62), to: before(60), seconds: 2 },
      { phase: "deprovisioning", from: before(60), to: before(58), seconds: 2 },
    ],
    events: [at("PENDING", created - 3, "PENDING"), at("RUNNING", created - 12, "RUNNING"), at("STOPPED", 58, "STOPPED")],
    siblings: [aTask(2, { lastStatus: "STOPPED", kind: "OutOfMemory", outcome: "failure", severity: "error", summary: task.summary ?? "", stoppedAt: before(400) }), aTask(3)],
    logs: {
      problem: null,
      containers: [
        { container: "web", group: "/ecs/checkout", region: "eu-west-1", stream: "svc/web/1", problem: null, lines: ["starting on port 8080", "GET /cart 200 in 12 ms", "java.lang.OutOfMemoryError: Java heap space", "\tat shop.Cart.load(Cart.java:88)"].map((text, index) => ({ at: before(70 - index), text })) },
        { container: "envoy", group: "/ecs/envoy", region: "eu-west-1", stream: "svc/envoy/1", problem: "CloudWatch Logs has no such stream: it wrote nothing, or the log was deleted.", lines: [] },
      ],
    },
    tags: [{ key: "team", value: "payments", of: "service" }, { key: "git", value: "4f2a91c", of: "taskDefinition" }, { key: "aws:cloudformation:stack-name", value: "shop", of: "cluster" }],
    serviceEvents: [anEvent(created + 60, { detailType: "ECS Deployment State Change", outcome: "routine", summary: "A deployment is in progress." })],
    cut: null,
    ...change,
  };
}
