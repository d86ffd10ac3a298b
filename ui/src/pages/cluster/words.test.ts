import { expect, test } from "vitest";
import type { ClusterItem, ServiceItem } from "../../api/resources";
import type { StatusFailure } from "../../api/types";
import { cpuWords, gibWords, revisionOf, sentenceOf, sourceOf } from "./words";

const cluster: ClusterItem = {
  account: "111122223333",
  region: "eu-west-1",
  cluster: "shop",
  clusterName: "shop",
  activeServicesCount: 22,
  runningTasksCount: 74,
  pendingTasksCount: 1,
  registeredContainerInstancesCount: 3,
  disconnectedAgentsCount: 0,
  capacityProviders: [],
};
const failing = (service: string): StatusFailure => ({ state: "failing", service, family: "nightly", kind: "OutOfMemory" }) as StatusFailure;
const said = (state: Parameters<typeof sentenceOf>[1], failures: StatusFailure[], isLive = true, change: Partial<ClusterItem> = {}): string => {
  const { broken, rest } = sentenceOf({ ...cluster, ...change }, state, failures, isLive);
  return [broken, rest].filter((part) => part !== "").join(". ");
};

test("what is broken is said first, with its denominator, and each service once", () => {
  expect(said("failing", [failing("web"), failing("web")])).toBe("1 of 22 services in shop is failing: web. 74 tasks run, 1 is starting, on 3 instances.");
  expect(said("failing", [failing("web"), failing("api")])).toMatch(/^2 of 22 services in shop are failing: web and api\./);
  expect(said("failing", ["web", "api", "cart"].map(failing))).toMatch(/^3 of 22 services in shop are failing\./);
  expect(sentenceOf(cluster, "failing", [failing("web")], true, "00:09").broken).toBe("1 of 22 services in shop is failing since 00:09: web");
  expect(said("failing", [failing("")])).toMatch(/^Something that is no service's is failing in shop/);
});

test("a quiet cluster is one quiet line, and in the past it is said in the past", () => {
  expect(said("healthy", [], true, { pendingTasksCount: 0, registeredContainerInstancesCount: 0 })).toBe("All quiet in shop, 22 services: 74 tasks run.");
  expect(said("failing", [failing("web")], false)).toBe("1 of 22 services in shop was failing: web. 74 tasks ran, 1 was starting, on 3 instances.");
  expect(said("warning", [], true, { disconnectedAgentsCount: 1 })).toBe("Nothing is broken in shop, but there are warnings: 74 tasks run, 1 is starting, on 3 instances, 1 of them without its agent.");
});

test("a cluster of which nothing was heard for long says so", () => {
  expect(said("healthy", [], true, { silentSeconds: 7 * 3_600 })).toMatch(/Nothing was heard of it for 7 h\.$/);
  expect(said("healthy", [], false, { silentSeconds: 7 * 3_600 })).not.toMatch(/heard/);
});

test("a number says where it is from and how old it is", () => {
  const service = { desiredCount: 2, desiredCountFrom: "serviceEvent", desiredCountAt: "2026-03-02T09:00:00Z", runningCount: null } as ServiceItem;
  expect(sourceOf(service, "desiredCount", () => "4 min ago")).toBe("said by an event of the service, last changed 4 min ago");
  expect(sourceOf(service, "runningCount", () => "")).toBe("nobody has said it");
});

test("amounts and definitions are short", () => {
  expect([cpuWords(1_536), cpuWords(4_096), gibWords(15_712)]).toEqual(["1.5", "4", "15.3"]);
  expect(revisionOf("arn:aws:ecs:eu-west-1:111122223333:task-definition/web:16")).toBe("web:16");
});
