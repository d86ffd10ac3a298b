import { expect, test } from "vitest";
import type { ClusterItem, InstanceItem, ServiceItem, TaskItem } from "../../api/resources";
import type { StatusCluster, StatusFailure, StatusService } from "../../api/types";
import { byState, standingOfCluster, standingOfDeployment, standingOfInstance, standingOfService, standingOfTask } from "./states";

const place = { account: "111122223333", region: "eu-west-1", cluster: "shop" };
const service = (change: Partial<ServiceItem> = {}): ServiceItem => ({ ...place, serviceName: "web", desiredCount: 2, runningCount: 2, pendingCount: 0, stoppingCount: 0, deployments: [], ...change });
const told = (state: string, why = "why"): StatusService => ({ name: "web", state, why, events: 1, failureEvents: 0, lastAt: "2026-03-02T09:00:00Z" });
const task = (change: Partial<TaskItem>): TaskItem => ({ ...place, taskId: "t", containers: [], ...change });
const instance = (change: Partial<InstanceItem>): InstanceItem => ({ ...place, instance: "i", runningTasksCount: 0, pendingTasksCount: 0, status: "ACTIVE", agentConnected: true, ...change });

test("a service that fails is failing here as it is in the Overview, whatever its numbers say", () => {
  expect(standingOfService(service(), told("failing", "out of memory"))).toMatchObject({ state: "failing", why: "out of memory" });
});

test("a service with fewer tasks than it should have is in progress while some start, and a warning when none does", () => {
  expect(standingOfService(service({ runningCount: 1, pendingCount: 1, pendingReason: { code: "ImagePull", reason: "Its images are being pulled." } }), told("healthy"))).toMatchObject({ state: "progress", why: "Its images are being pulled." });
  expect(standingOfService(service({ runningCount: 1 }), told("healthy"))).toMatchObject({ state: "warning", why: "1 of 2 tasks run, and none is starting." });
});

test("a service of which nobody said how many tasks should run is unknown, and one with none wanted is well", () => {
  expect(standingOfService(service({ desiredCount: null }), undefined).state).toBe("unknown");
  expect(standingOfService(service({ desiredCount: 0, runningCount: 0 }), undefined).state).toBe("healthy");
});

test("of a service's deployments the newest counts", () => {
  const counts = { runningCount: 1, pendingCount: 0, failedTasks: 3 };
  const old = { id: "1", rolloutState: "COMPLETED", createdAt: "2026-03-02T08:00:00Z", ...counts };
  const failed = { id: "2", rolloutState: "FAILED", rolloutStateReason: "tasks failed to start", createdAt: "2026-03-02T09:00:00Z", ...counts };
  expect(standingOfService(service({ deployments: [failed, old] }), undefined)).toMatchObject({ state: "failing", why: "tasks failed to start" });
  expect(standingOfDeployment({ ...failed, rolledBackTo: "1" })).toMatchObject({ state: "warning", word: "rolled back" });
  expect(standingOfDeployment({ ...old, isRollback: true })).toMatchObject({ state: "healthy", word: "rollback done" });
});

test("a task is what it was heard to be last", () => {
  expect(standingOfTask(task({ lastStatus: "STOPPED", outcome: "failure", severity: "error" })).state).toBe("failing");
  expect(standingOfTask(task({ lastStatus: "STOPPED", outcome: "routine", severity: "info" })).state).toBe("routine");
  expect(standingOfTask(task({ lastStatus: "PENDING" }))).toMatchObject({ state: "progress", word: "pending" });
  expect(standingOfTask(task({ lastStatus: "RUNNING", desiredStatus: "STOPPED" }))).toMatchObject({ state: "routine", word: "stopping" });
  expect(standingOfTask(task({ lastStatus: "RUNNING", connectivity: "DISCONNECTED" })).state).toBe("warning");
  expect(standingOfTask(task({})).state).toBe("unknown");
});

test("an instance whose agent is away is failing, draining or not", () => {
  expect(standingOfInstance(instance({ agentConnected: false, status: "DRAINING" }))).toMatchObject({ state: "failing", word: "agent away" });
  expect(standingOfInstance(instance({ status: "DRAINING" })).state).toBe("progress");
  expect(standingOfInstance(instance({})).state).toBe("healthy");
});

test("a cluster is as well as the worst of its services", () => {
  const cluster: ClusterItem = { ...place, clusterName: "shop", activeServicesCount: 3, runningTasksCount: 1, pendingTasksCount: 0, registeredContainerInstancesCount: 2, disconnectedAgentsCount: 0, capacityProviders: [] };
  const of = (...services: StatusService[]) => ({ services }) as unknown as StatusCluster;
  expect(standingOfCluster(cluster, of(told("healthy"), told("failing")), [])).toMatchObject({ state: "failing", why: "1 of 3 services" });
  expect(standingOfCluster({ ...cluster, disconnectedAgentsCount: 1 }, of(told("healthy")), [])).toMatchObject({ state: "warning" });
  expect(standingOfCluster(cluster, undefined, []).state).toBe("unknown");
  const job = { state: "failing", service: "", family: "nightly" } as StatusFailure;
  expect(standingOfCluster(cluster, of(told("healthy")), [job]).state).toBe("failing");
  expect(["healthy", "failing", "progress"].sort((a, b) => byState(a as "healthy", b as "healthy"))).toEqual(["failing", "progress", "healthy"]);
});
