import { createHash } from "node:crypto";
import type { Server } from "./server";

const cluster = "arn:aws:ecs:eu-west-1:111122223333:cluster/shop";

function event(type: string, secondsAgo: number, resource: string, detail: object): object {
  const time = new Date(Date.now() - secondsAgo * 1_000).toISOString().replace(/\.\d+Z$/, "Z");
  const id = createHash("sha256").update(`${type}${time}${resource}`).digest("hex").slice(0, 32);
  return { version: "0", id, "detail-type": type, source: "aws.ecs", account: "111122223333", time, region: "eu-west-1", resources: [resource], detail };
}

/** A task of a service that stopped by itself, so many seconds ago. */
export function stopped(service: string, { exitCode = 1, secondsAgo = 60, reason = "Essential container in task exited", container = "main" } = {}): object {
  const task = createHash("sha256").update(`${service}${secondsAgo}`).digest("hex").slice(0, 32);
  const arn = `arn:aws:ecs:eu-west-1:111122223333:task/shop/${task}`;
  return event("ECS Task State Change", secondsAgo, arn, {
    clusterArn: cluster,
    taskArn: arn,
    group: `service:${service}`,
    lastStatus: "STOPPED",
    desiredStatus: "STOPPED",
    stopCode: "EssentialContainerExited",
    stoppedReason: reason,
    version: 5,
    taskDefinitionArn: `arn:aws:ecs:eu-west-1:111122223333:task-definition/${service}:1`,
    containers: [{ name: container, lastStatus: "STOPPED", exitCode }],
  });
}

/** A task of a service that has been running since so many seconds ago. */
export function running(service: string, secondsAgo: number): object {
  const task = createHash("sha256").update(`${service}${secondsAgo}running`).digest("hex").slice(0, 32);
  const arn = `arn:aws:ecs:eu-west-1:111122223333:task/shop/${task}`;
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();
  return event("ECS Task State Change", secondsAgo, arn, {
    clusterArn: cluster,
    taskArn: arn,
    group: `service:${service}`,
    startedBy: "ecs-svc/1234567890",
    lastStatus: "RUNNING",
    desiredStatus: "RUNNING",
    createdAt: ago(secondsAgo + 8),
    startedAt: ago(secondsAgo),
    updatedAt: ago(secondsAgo),
    version: 3,
    launchType: "FARGATE",
    taskDefinitionArn: `arn:aws:ecs:eu-west-1:111122223333:task-definition/${service}:1`,
    containers: [{ name: "main", lastStatus: "RUNNING" }],
  });
}

/** Something that happened to a service's deployment. */
export const deployment = (service: string, eventName: string, secondsAgo: number): object =>
  event("ECS Deployment State Change", secondsAgo, `arn:aws:ecs:eu-west-1:111122223333:service/shop/${service}`, {
    eventType: eventName.endsWith("FAILED") ? "ERROR" : "INFO",
    eventName,
    deploymentId: "ecs-svc/1234567890",
    updatedAt: new Date(Date.now() - secondsAgo * 1_000).toISOString(),
    reason: "as a test asks",
    clusterArn: cluster,
  });

/** Sends events, or lines that are none, to a server. */
export async function send(server: Server, lines: readonly (object | string)[]): Promise<void> {
  const body = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  const answer = await fetch(`${server.address}/api/v1/events`, { method: "POST", headers: { "Content-Type": "application/x-ndjson" }, body });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
}
