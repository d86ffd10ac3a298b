import type { ClusterItem, ServiceItem } from "../../api/resources";
import type { StatusFailure } from "../../api/types";
import { plural } from "../../parts/words";
import type { State } from "../../state";
import { wordsOfSeconds } from "../../time/time";

export interface ClusterSentence {
  state: State;
  /** What is wrong, said first. */
  broken: string;
  rest: string;
}

/** After so long without an event of a cluster its numbers are said to be old. */
const silentSeconds = 6 * 3_600;

/** So many services are named in a sentence. */
const most = 2;

/** What a person would say of a cluster: what is broken with its denominator, then its tasks and instances. In the past, in the past tense. */
export function sentenceOf(cluster: ClusterItem, state: State, failures: readonly StatusFailure[], isLive: boolean, since = ""): ClusterSentence {
  const name = cluster.clusterName;
  const is = (count: number) => (isLive ? (count === 1 ? "is" : "are") : count === 1 ? "was" : "were");
  const named = [...new Set(failures.filter((one) => one.state === "failing" && one.service !== "").map((one) => one.service))];
  const services = named.length;
  const others = failures.filter((one) => one.state === "failing" && one.service === "").length;
  const all = cluster.activeServicesCount;
  const broken =
    services > 0
      ? `${services.toLocaleString("en")} of ${plural(Math.max(all, services), "service")} in ${name} ${is(services)} failing${since && ` since ${since}`}${services <= most ? `: ${named.join(" and ")}` : ""}`
      : others > 0
        ? `Something that is no service's ${is(1)} failing in ${name}${since && ` since ${since}`}`
        : "";
  const calm =
    broken !== ""
      ? ""
      : state === "warning"
        ? `Nothing ${is(1)} broken in ${name}, but there ${is(2)} warnings: `
        : state === "unknown"
          ? `How the ${plural(all, "service")} of ${name} ${is(2)} is not known: `
          : all > 0
            ? `All quiet in ${name}, ${plural(all, "service")}: `
            : `No service is known in ${name}: `;
  return { state, broken, rest: `${calm}${tasksOf(cluster, isLive)}${silenceOf(cluster, isLive)}` };
}

function tasksOf(cluster: ClusterItem, isLive: boolean): string {
  const [running, pending, instances, away] = [cluster.runningTasksCount, cluster.pendingTasksCount, cluster.registeredContainerInstancesCount, cluster.disconnectedAgentsCount];
  const run = isLive ? (running === 1 ? "runs" : "run") : "ran";
  const tasks = `${plural(running, "task")} ${run}${pending > 0 ? `, ${pending.toLocaleString("en")} ${isLive ? (pending === 1 ? "is" : "are") : pending === 1 ? "was" : "were"} starting` : ""}`;
  if (instances === 0) return `${tasks}.`;
  return `${tasks}, on ${plural(instances, "instance")}${away > 0 ? `, ${away === instances && away > 1 ? "none of them with its agent" : `${away.toLocaleString("en")} of them without its agent`}` : ""}.`;
}

const silenceOf = (cluster: ClusterItem, isLive: boolean): string =>
  isLive && (cluster.silentSeconds ?? 0) > silentSeconds ? ` Nothing was heard of it for ${wordsOfSeconds(cluster.silentSeconds ?? 0)}.` : "";

const sources: Record<string, string> = {
  tasks: "counted from its tasks",
  serviceEvent: "said by an event of the service",
  deployment: "said by an event of a deployment",
  resync: "said by the ECS API",
};

/** Where a number is from and how old it is. */
export function sourceOf(service: ServiceItem, name: "desiredCount" | "runningCount" | "pendingCount", ageOf: (at: string) => string): string {
  const [from, at] = [service[`${name}From`], service[`${name}At`]];
  if (from === undefined) return "nobody has said it";
  return `${sources[from] ?? from}${at ? `, last changed ${ageOf(at)}` : ""}`;
}

/** A task definition as people name it: family:revision. */
export const revisionOf = (arn: string | undefined): string => arn?.replace(/^.*task-definition\//, "") ?? "";

/** CPU units as ECS counts them, 1,024 to one vCPU. */
export const cpuWords = (units: number): string => trimmed(units / 1_024);

/** Mebibytes in the unit that fits the larger number. */
export const gibWords = (mebibytes: number): string => trimmed(mebibytes / 1_024);

const trimmed = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString("en") : String(Math.round(value * 10) / 10));
