import type { EventItem, FieldList, HistogramAnswer, Pipeline, SessionInfo, ValueList } from "../api/types";

/** What a story's server answers: JSON, a problem with its status, or nothing ever. */
export type Told = { json: unknown } | { status: number; title: string; detail: string } | "never";

/** A state of the page that is hard to reach by hand: the whole page, with a server that says what the story needs. */
export interface Story {
  name: string;
  /** Where the page opens. */
  path: string;
  /** Answers one request; undefined leaves it to the answers that all stories share. `count` says how often this path was asked before. */
  answer: (url: URL, count: number) => Told | undefined;
}

const names = ["outcome", "kind", "cluster", "service", "severity", "detailType", "lastStatus", "stopCode", "exitCode", "container", "stoppedReason"];

export const fields: FieldList = {
  items: names.map((name) => ({ name, path: name === "stoppedReason" ? "detail.stoppedReason" : "", type: "keyword", description: `The ${name}`, listed: true })),
  next: null,
};

export const noCounts: HistogramAnswer = { from: "2026-03-02T08:00:00.000Z", bucketMilliseconds: 60_000, total: 0, counts: Array<number>(60).fill(0), series: [], cut: null };

export const noValues: ValueList = { items: [], next: null, total: 0, without: 0, cut: null };

const pipeline: Pipeline = {
  ready: true,
  reason: "",
  queueDepth: 0,
  watermark: "2026-03-02T09:00:00Z",
  retention: null,
  untold: { tooOld: 0, maxAge: null },
  newestEventAt: null,
  total: { received: 0, stored: 0, duplicates: 0, quarantined: 0, idReused: 0, unknownKinds: 0 },
  sources: {},
  nextTimerDue: null,
  tellingProblem: "",
};

const session: SessionInfo = { name: "", role: "admin", method: "open" };

/** What every story's server answers unless the story says otherwise: it is well and has nothing. */
export function shared(url: URL): Told {
  switch (url.pathname) {
    case "/api/v1/session":
      return { json: session };
    case "/api/v1/pipeline":
      return { json: pipeline };
    case "/api/v1/fields":
      return { json: fields };
    case "/api/v1/events":
      return { json: { items: [], next: null, cut: null } };
    case "/api/v1/histogram":
      return { json: noCounts };
    default:
      return url.pathname.endsWith("/values") ? { json: noValues } : { status: 404, title: "Not found", detail: `The story's server has nothing at ${url.pathname}.` };
  }
}

/** An event like those of the server; `at` is seconds before a fixed moment. */
export function anEvent(at: number, change: Partial<EventItem> = {}): EventItem {
  const time = new Date(Date.UTC(2026, 2, 2, 9, 0, 0) - at * 1000).toISOString();
  return {
    key: `${at}-${"0".repeat(31)}${at % 10}`,
    occurredAt: time,
    receivedAt: time,
    id: `id-${at}`,
    source: "aws.ecs",
    detailType: "ECS Task State Change",
    cluster: "prod",
    service: "checkout",
    task: "3f9a1c2b4d5e6f708192a3b4c5d6e7c2",
    kind: "EssentialContainerExited",
    outcome: "failure",
    severity: "error",
    summary: 'The container "web" exited with 1 after 3 h 12 m.',
    evidence: ["stopCode=EssentialContainerExited", "container web: exit code 1"],
    nextStep: "Read the container's log around the time it ended.",
    event: { "detail-type": "ECS Task State Change", detail: { lastStatus: "STOPPED", stoppedReason: "Essential container in task exited" } },
    ...change,
  };
}
