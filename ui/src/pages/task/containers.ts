import type { Container, TaskRecord } from "../../api/resources";
import type { EventItem } from "../../api/types";

/** A container's part of its task's life, as far as the task's events tell it. */
export interface ContainerLife extends Container {
  /** First seen running; undefined when it never was. */
  from: number | undefined;
  /** First seen stopped; undefined while it runs. */
  to: number | undefined;
}

/** When what an event says was so: the task's own time, which is finer than the envelope's. */
export function timeOf(event: EventItem): number {
  const said = detailOf(event).updatedAt;
  const at = typeof said === "string" ? Date.parse(said) : Number.NaN;
  return Number.isNaN(at) ? Date.parse(event.occurredAt) : at;
}

const detailOf = (event: EventItem): { updatedAt?: unknown; containers?: unknown } => ((event.event as { detail?: object } | null)?.detail ?? {});

/** ECS says no times of containers, only how each is each time that the task changes; so they are those of the events. */
export function livesOf({ task, events }: Pick<TaskRecord, "task" | "events">): ContainerLife[] {
  const moment = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));
  const executionStopped = moment(task.executionStoppedAt);
  return task.containers.map((container) => {
    const seen = (status: string): number | undefined => {
      const event = events.find((one) => statusIn(one, container.name) === status);
      return event && timeOf(event);
    };
    const stopped = seen("STOPPED") ?? (container.lastStatus === "STOPPED" ? moment(task.stoppedAt) : undefined);
    const hasRun = container.exitCode !== undefined || container.lastStatus === "RUNNING" || seen("RUNNING") !== undefined;
    if (!hasRun) return { ...container, from: undefined, to: undefined };
    // An init container has come and gone between two events: then it ran from when the images were there.
    const from = seen("RUNNING") ?? moment(task.pullStoppedAt) ?? moment(task.startedAt) ?? moment(task.createdAt);
    const to = stopped !== undefined && executionStopped !== undefined ? Math.min(stopped, executionStopped) : stopped;
    return { ...container, from: from !== undefined && to !== undefined ? Math.min(from, to) : from, to };
  });
}

function statusIn(event: EventItem, name: string | undefined): string | undefined {
  const { containers } = detailOf(event);
  if (!Array.isArray(containers)) return undefined;
  return (containers as Container[]).find((one) => one.name === name)?.lastStatus;
}

/** What the task was started with that its definition does not say; undefined when there is nothing. Secrets in it were masked when the event came in. */
export function overridesOf(events: readonly EventItem[]): unknown {
  const last = events.findLast((event) => "overrides" in detailOf(event));
  return last && withoutEmpty((detailOf(last) as { overrides?: unknown }).overrides);
}

// Every task has a list of its containers there, of which most have a name and nothing else.
function withoutEmpty(node: unknown): unknown {
  if (Array.isArray(node)) {
    const kept = node.map(withoutEmpty).filter((one) => one !== undefined);
    return kept.length > 0 ? kept : undefined;
  }
  if (typeof node !== "object" || node === null) return node ?? undefined;
  const kept = Object.entries(node).flatMap(([name, value]) => {
    const left = withoutEmpty(value);
    return left === undefined ? [] : [[name, left] as const];
  });
  return kept.length === 0 || (kept.length === 1 && kept[0]?.[0] === "name") ? undefined : Object.fromEntries(kept);
}
