import { address, aCluster, aRecord, aService, aStatus, aTask, anInstance, counted, paged } from "./fleet";
import { hostile } from "./hostile";
import { anEvent, type Story, type Told } from "./story";

/** A cluster with something in each of its lists. */
function shop(url: URL): Told | undefined {
  switch (url.pathname) {
    case "/api/v1/status":
      return { json: aStatus() };
    case "/api/v1/histogram":
      return counted(url);
    case "/api/v1/clusters":
      return paged(url, [aCluster()]);
    case "/api/v1/services":
      return paged(url, [
        aService("cart"),
        aService("checkout", { runningCount: 1, pendingCount: 1, pendingReason: { code: "ImagePull", reason: "Its images are being pulled." }, lastFailure: { task: "0".repeat(31) + "1", at: "2026-03-02T08:59:02Z", kind: "OutOfMemory", severity: "error", summary: 'The container "web" was killed at its 512 MiB limit.' } }),
        aService("search", { desiredCount: null }),
      ]);
    case "/api/v1/tasks":
      return paged(url, [aTask(1), aTask(2, { lastStatus: "PENDING", pendingReason: { code: "ImagePull", reason: "Its images are being pulled." } }), aTask(3)]);
    case "/api/v1/instances":
      return paged(url, [anInstance(1), anInstance(2, { agentConnected: false }), anInstance(3, { status: "DRAINING" })]);
    case "/api/v1/deployments":
      return paged(url, [{ ...aService("cart").deployments[0], ...aCluster(), service: "cart" }]);
    case "/api/v1/events":
      return { json: { items: [anEvent(1), anEvent(2)], next: null, cut: null, hint: null } };
    default:
      return undefined;
  }
}

const moment = "2026-03-02T08:12:40.000Z";
const lists = new Set(["clusters", "services", "tasks", "instances", "deployments"]);
const isList = (url: URL): boolean => lists.has(url.pathname.replace("/api/v1/", ""));

/** As it was: each list is asked for the moment, and says how complete it is. */
function past(url: URL): Told | undefined {
  const told = shop(url);
  if (!isList(url) || told === undefined || told === "never" || !("json" in told)) return told;
  if (url.searchParams.get("at") !== moment) return { status: 400, title: "Bad request", detail: `The story is about ${moment}, and was asked about ${url.searchParams.get("at") ?? "now"}.` };
  return { json: { ...(told.json as object), at: moment, since: "2026-03-01T09:00:00Z", note: "Nothing was listed before this moment: a task that had said nothing since may be unknown." } };
}

const tenThousand = Array.from({ length: 10_000 }, (_, index) => aTask(index + 1, { service: `service-${index % 50}` }));

const alone = (service: string): Partial<ReturnType<typeof aCluster>> => ({ cluster: service, clusterName: service });

export const clusterStories: Story[] = [
  { name: "clusters-none", path: "/clusters", answer: (url) => (isList(url) ? paged(url, []) : url.pathname === "/api/v1/status" ? { json: { ...aStatus([], []), events: 0 } } : undefined) },
  {
    name: "clusters-hundred",
    path: "/clusters",
    answer: (url) => {
      const all = Array.from({ length: 260 }, (_, index) => aCluster({ ...alone(`cluster-${String(index).padStart(3, "0")}`), activeServicesCount: index, runningTasksCount: index * 40 }));
      if (url.pathname === "/api/v1/clusters") return paged(url, [...all, aCluster()]);
      return url.pathname === "/api/v1/status" ? { json: aStatus(["checkout"], [...all, aCluster()]) } : undefined;
    },
  },
  { name: "cluster", path: address, answer: shop },
  { name: "cluster-instances", path: `${address}?tab=instances`, answer: shop },
  { name: "cluster-deployments", path: `${address}?tab=deployments`, answer: shop },
  { name: "cluster-events", path: `${address}?tab=events`, answer: shop },
  { name: "cluster-past", path: `${address}?at=${moment}`, answer: past },
  { name: "cluster-empty", path: address, answer: (url) => (url.pathname === "/api/v1/services" ? paged(url, []) : shop(url)) },
  { name: "cluster-not-known", path: "/clusters/nowhere", answer: (url) => (url.pathname === "/api/v1/clusters" ? paged(url, []) : undefined) },
  { name: "cluster-of-two", path: "/clusters/shop", answer: (url) => (url.pathname === "/api/v1/clusters" ? paged(url, [aCluster(), aCluster({ region: "us-east-1" })].filter((one) => (url.searchParams.get("region") ?? one.region) === one.region)) : undefined) },
  { name: "cluster-loading", path: address, answer: (url) => (url.pathname === "/api/v1/services" ? "never" : shop(url)) },
  {
    // It answers once and not again.
    name: "cluster-failing",
    path: address,
    answer: (url, count) => (isList(url) && count > 0 ? { status: 503, title: "Store unavailable", detail: "The disk is full. Make room; it goes on by itself." } : shop(url)),
  },
  {
    // From the second time on that its beginning is asked for, three tasks are there that sort before all others.
    name: "cluster-ten-thousand",
    path: `${address}?tab=tasks`,
    answer: (url, count) => {
      if (url.pathname !== "/api/v1/tasks") return shop(url);
      if (url.searchParams.get("cursor") === null && count > 0 && tenThousand.length === 10_000) tenThousand.unshift(aTask(0, { taskId: "-1" }), aTask(0, { taskId: "-2" }), aTask(0, { taskId: "-3" }));
      return paged(url, tenThousand);
    },
  },
  {
    name: "cluster-hostile",
    path: address,
    answer: (url) => {
      if (url.pathname === "/api/v1/clusters") return paged(url, [aCluster({ clusterName: hostile[0] ?? "" })]);
      if (url.pathname !== "/api/v1/services") return shop(url);
      return paged(url, hostile.map((text, index) => aService(text, { runningCount: 1, pendingCount: 1, pendingReason: { code: "x", reason: text }, deployments: [{ id: text, rolloutState: text, taskDefinition: text, runningCount: 0, pendingCount: 0, failedTasks: 1 }], lastFailure: { task: String(index), at: "2026-03-02T08:59:02Z", kind: text, severity: "error", summary: text } })));
    },
  },
  { name: "task", path: "/tasks/1", answer: taskServer(aRecord()) },
  { name: "task-running", path: "/tasks/1", answer: taskServer(aRecord({ task: aTask(1), diagnosis: null, phases: aRecord().phases.slice(0, 4).map((one) => (one.phase === "running" ? { phase: one.phase, from: one.from } : one)), siblings: [] })) },
  { name: "task-not-known", path: "/tasks/gone", answer: () => undefined },
  { name: "task-hostile", path: "/tasks/1", answer: taskServer(hostileRecord()) },
  {
    name: "task-huge",
    path: "/tasks/1",
    answer: taskServer(aRecord({ events: Array.from({ length: 500 }, (_, index) => anEvent(11_000 - index * 20)), cut: "The task has more than 500 events; the latest are missing." })),
  },
];

function taskServer(record: ReturnType<typeof aRecord>): Story["answer"] {
  return (url) => {
    if (url.pathname.startsWith("/api/v1/tasks/")) return { json: record };
    if (url.pathname.endsWith("/values")) return { json: { items: ["a", "b", "c", "d"].map((value) => ({ value, count: 2 })), next: null, total: 8, without: 0, cut: null } };
    return shop(url);
  };
}

function hostileRecord(): ReturnType<typeof aRecord> {
  const record = aRecord();
  const [text = "", turned = ""] = hostile;
  return {
    ...record,
    task: { ...record.task, service: text, family: text, cluster: turned, containers: hostile.map((name) => ({ name, lastStatus: "STOPPED", exitCode: 1, reason: name })), stopCode: text, kind: text },
    diagnosis: { kind: text, outcome: "failure", severity: "error", summary: text, evidence: [...hostile], nextStep: turned },
    events: hostile.map((said, index) => anEvent(9_000 - index * 100, { summary: said, kind: said, event: { "detail-type": said, detail: { lastStatus: said, overrides: { containerOverrides: [{ name: said, command: [said] }] } } } })),
    siblings: hostile.map((said, index) => aTask(index + 2, { lastStatus: "STOPPED", kind: said, summary: said, outcome: "failure" })),
    logs: { problem: text, containers: [{ container: text, group: turned, region: text, stream: text, problem: null, lines: hostile.map((said) => ({ at: null, text: said })) }] },
    tags: hostile.map((said, index) => ({ key: `${index}${said}`, value: said, of: "service" as const })),
    serviceEvents: hostile.map((said, index) => anEvent(11_000 - index * 900, { summary: said })),
    cut: text,
  };
}
