import type { ClusterItem, Deployment, InstanceItem, Place, ServiceItem, TaskItem } from "../../api/resources";
import type { Status, StatusCluster, StatusFailure, StatusService } from "../../api/types";
import { stateOfEvent, states, type State } from "../../state";

/** How a thing stands: its state, the word for it, and why where something is to be said. */
export interface Standing {
  state: State;
  word: string;
  why: string;
}

const order: readonly State[] = ["failing", "warning", "progress", "unknown", "healthy", "routine"];

/** The worst first. */
export const byState = (a: State, b: State): number => order.indexOf(a) - order.indexOf(b);

/** The worst of any; unknown when there is none. */
export const worstOf = (all: readonly State[]): State => order.find((state) => all.includes(state)) ?? "unknown";

const standing = (state: State, why = "", word = states[state].word): Standing => ({ state, word, why });
const isState = (text: string): text is State => text in states;

/** A service: what the Overview says of it where that is bad, then its numbers. */
export function standingOfService(service: ServiceItem, told: StatusService | undefined): Standing {
  const toldState = told && isState(told.state) ? told.state : undefined;
  if (told && (toldState === "failing" || toldState === "warning")) return standing(toldState, told.why);
  const newest = newestOf(service.deployments);
  if (!told && newest?.rolloutState === "FAILED") return standing("failing", newest.rolloutStateReason ?? "Its deployment failed.");
  const { desiredCount: desired, runningCount: running, pendingCount: pending } = service;
  if (desired === null || running === null) return standing("unknown", "Nothing has said how many of its tasks should run.");
  if (running < desired) {
    if ((pending ?? 0) > 0) return standing("progress", service.pendingReason?.reason ?? "Tasks are starting.");
    return standing("warning", `${running} of ${desired} tasks run, and none is starting.`);
  }
  if (newest?.rolloutState === "IN_PROGRESS") return standing("progress", newest.rolloutStateReason ?? "A deployment is in progress.");
  if (toldState === "progress" && told) return standing("progress", told.why);
  return standing("healthy");
}

/** The deployment that began last. */
export const newestOf = <T extends Deployment>(deployments: readonly T[]): T | undefined =>
  deployments.reduce<T | undefined>((newest, one) => (newest === undefined || (one.createdAt ?? "") > (newest.createdAt ?? "") ? one : newest), undefined);

/** A deployment, by how far its rollout is. */
export function standingOfDeployment(deployment: Deployment): Standing {
  const why = deployment.rolloutStateReason ?? "";
  if (deployment.rolledBackTo) return standing("warning", why, "rolled back");
  switch (deployment.rolloutState) {
    case "COMPLETED":
      return standing("healthy", why, deployment.isRollback ? "rollback done" : "completed");
    case "IN_PROGRESS":
      return standing("progress", why, deployment.isRollback ? "rolling back" : "in progress");
    case "FAILED":
      return standing("failing", why, "failed");
    default:
      return standing("unknown", why, deployment.rolloutState?.toLowerCase() ?? "unknown");
  }
}

const starting = new Set(["PROVISIONING", "PENDING", "ACTIVATING"]);

/** A task, by the status that was heard of last. */
export function standingOfTask(task: TaskItem): Standing {
  const word = (task.lastStatus ?? "unknown").toLowerCase();
  if (task.lastStatus === "STOPPED") return standing(stateOfEvent(task), task.summary ?? task.stoppedReason ?? "", "stopped");
  if (task.lastStatus !== undefined && starting.has(task.lastStatus)) return standing("progress", task.pendingReason?.reason ?? "", word);
  if (task.desiredStatus === "STOPPED") return standing("routine", "It was told to stop.", task.lastStatus === "RUNNING" ? "stopping" : word);
  if (task.lastStatus === "RUNNING") return task.connectivity === "DISCONNECTED" ? standing("warning", "Its agent is not connected.", word) : standing("healthy", "", word);
  return standing("unknown", "", word);
}

/** A container instance: its agent first, then whether it takes tasks. */
export function standingOfInstance(instance: InstanceItem): Standing {
  if (instance.agentConnected === false) return standing("failing", "Its agent is not connected: ECS neither starts nor stops tasks on it.", "agent away");
  if (instance.healthStatus === "IMPAIRED") return standing("failing", "ECS says that its health is impaired.", "impaired");
  switch (instance.status) {
    case "ACTIVE":
      return standing("healthy", "", "active");
    case "DRAINING":
      return standing("progress", instance.statusReason ?? "Its tasks move elsewhere, and no new ones come.", "draining");
    case "REGISTRATION_FAILED":
      return standing("failing", instance.statusReason ?? "It could not be registered.", "not registered");
    default:
      return standing(instance.status === "INACTIVE" ? "routine" : "unknown", instance.statusReason ?? "", instance.status?.toLowerCase() ?? "unknown");
  }
}

/** A cluster: the worst of its services and of what fails in it besides (jobs, instances), and a warning when agents are away. */
export function standingOfCluster(cluster: ClusterItem, told: StatusCluster | undefined, failures: readonly StatusFailure[]): Standing {
  const of = (told?.services ?? []).map((service) => (isState(service.state) ? service.state : "unknown"));
  const failing = of.filter((state) => state === "failing").length;
  if (failing > 0) return standing("failing", `${failing} of ${cluster.activeServicesCount} services`);
  if (failures.some((one) => one.state === "failing")) return standing("failing");
  const away = cluster.disconnectedAgentsCount;
  if (away > 0) return standing("warning", `${away} of ${cluster.registeredContainerInstancesCount} instances without their agent`);
  if (of.length === 0 && cluster.activeServicesCount > 0) return standing("unknown", "Nothing was heard of its services in this time.");
  if (failures.some((one) => one.state === "warning")) return standing("warning");
  return standing(of.length === 0 ? "healthy" : worstOf(of));
}

/** What goes wrong now in a cluster, the worst first. */
export const failuresIn = (cluster: Place, status: Status | undefined): StatusFailure[] =>
  (status?.failures ?? []).filter((one) => (one.state === "failing" || one.state === "warning") && isIn(cluster, one.account, one.region, one.cluster));

/** What the status says of a cluster. */
export const toldOf = (cluster: Place, status: Status | undefined): StatusCluster | undefined => status?.clusters.find((one) => isIn(cluster, one.account, one.region, one.name));

const isIn = (cluster: Place, account: string, region: string, name: string): boolean => account === cluster.account && region === cluster.region && name === cluster.cluster;
