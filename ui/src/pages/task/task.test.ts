import { expect, test } from "vitest";
import type { TaskItem } from "../../api/resources";
import type { EventItem } from "../../api/types";
import { livesOf, overridesOf, timeOf } from "./containers";
import { grouped, scaleOf } from "./scale";
import { consoleAddress, durationWords, ordinal, wordsOfTask } from "./words";

const start = Date.parse("2026-03-02T09:00:00.000Z");
const at = (seconds: number): string => new Date(start + seconds * 1_000).toISOString();
const task: TaskItem = { account: "111122223333", region: "eu-west-1", cluster: "shop", taskId: "3f9a", service: "checkout", containers: [] };
const event = (seconds: number, detail: object): EventItem => ({ key: String(seconds), occurredAt: at(Math.floor(seconds)), receivedAt: at(seconds), event: { detail: { updatedAt: at(seconds), ...detail } } });

const phases = [
  { phase: "provisioning", from: at(0), to: at(2), seconds: 2 },
  { phase: "pulling", from: at(2), to: at(10), seconds: 8 },
  { phase: "running", from: at(10), to: at(86_410), seconds: 86_400 },
  { phase: "stopping", from: at(86_410), to: at(86_410), seconds: 0 },
];

test("two seconds are seen beside a day, in order and without gaps", () => {
  const { segments } = scaleOf(phases, start);
  expect(segments.map((one) => one.phase)).toEqual(["provisioning", "pulling", "running", "stopping"]);
  expect(segments[0]?.start).toBeCloseTo(0.05);
  expect(segments.at(-1)?.end).toBeCloseTo(0.95);
  for (let index = 1; index < segments.length; index++) expect(segments[index]?.start).toBe(segments[index - 1]?.end);
  for (const { start: from, end: to } of segments) expect(to - from).toBeGreaterThan(0.04);
  expect((segments[2]?.end ?? 0) - (segments[2]?.start ?? 0)).toBeGreaterThan(0.4);
});

test("later is never further left, and what is around the task's life stays on the chart", () => {
  const { place } = scaleOf(phases, start);
  const moments = [-10_000, -60, 0, 1, 2, 9, 10, 40_000, 86_409, 86_410, 86_500, 999_999].map((seconds) => place(start + seconds * 1_000));
  expect([...moments].sort((a, b) => a - b)).toEqual(moments);
  expect([moments[0], moments.at(-1)]).toEqual([0, 1]);
});

test("a phase that goes on lasts until now, and without phases all is in the middle", () => {
  const { segments, place } = scaleOf([{ phase: "provisioning", from: at(0) }], start + 5_000);
  expect(segments[0]).toMatchObject({ to: start + 5_000, isOver: false });
  expect(place(start + 5_000)).toBeCloseTo(0.95);
  expect(scaleOf([], start).place(start)).toBe(0.5);
});

test("what is near stands together, and nothing is lost", () => {
  expect(grouped([0, 0.01, 0.5, 1], (place) => place, 10)).toEqual([
    { slot: 0, things: [0, 0.01] },
    { slot: 5, things: [0.5] },
    { slot: 9, things: [1] },
  ]);
});

test("a container lived from when it was first seen running until it was first seen stopped", () => {
  const events = [
    event(3.2, { containers: [{ name: "web", lastStatus: "PENDING" }, { name: "migrate", lastStatus: "PENDING" }] }),
    event(12.5, { containers: [{ name: "web", lastStatus: "RUNNING" }, { name: "migrate", lastStatus: "STOPPED" }] }),
    event(90, { containers: [{ name: "web", lastStatus: "STOPPED" }, { name: "migrate", lastStatus: "STOPPED" }] }),
  ];
  const lives = livesOf({
    task: {
      ...task,
      pullStoppedAt: at(10),
      executionStoppedAt: at(88),
      stoppedAt: at(90),
      containers: [{ name: "web", lastStatus: "STOPPED", exitCode: 137 }, { name: "migrate", lastStatus: "STOPPED", exitCode: 0 }, { name: "never", lastStatus: "STOPPED", reason: "CannotPullContainerError" }],
    },
    events,
  });
  const seconds = lives.map(({ from, to }) => [from, to].map((moment) => (moment === undefined ? undefined : (moment - start) / 1_000)));
  expect(seconds).toEqual([[12.5, 88], [10, 12.5], [undefined, undefined]]);
  expect(timeOf(events[1] as EventItem)).toBe(start + 12_500);
});

test("of overrides only what overrides something is shown", () => {
  const none = event(1, { overrides: { containerOverrides: [{ name: "web" }, { name: "envoy" }], inferenceAcceleratorOverrides: [] } });
  expect(overridesOf([none])).toBeUndefined();
  const some = event(2, { overrides: { containerOverrides: [{ name: "web", environment: [{ name: "TOKEN", value: "***" }] }, { name: "envoy" }], cpu: "512" } });
  expect(overridesOf([none, some])).toEqual({ containerOverrides: [{ name: "web", environment: [{ name: "TOKEN", value: "***" }] }], cpu: "512" });
});

test("numbers and durations are said as people say them", () => {
  expect([1, 2, 3, 4, 11, 12, 21, 102, 113].map(ordinal)).toEqual(["1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "102nd", "113th"]);
  expect([0, 1.868, 46, 60, 192, 11_520, 187_200].map(durationWords)).toEqual(["0 s", "1.9 s", "46 s", "1 m", "3 m 12 s", "3 h 12 m", "2 d 4 h"]);
});

test("a task that is not stopped says what it does and for how long", () => {
  const now = start + 3_600_000;
  expect(wordsOfTask({ ...task, lastStatus: "RUNNING", startedAt: at(0) }, now)).toBe("This task of checkout has been running for 1 h.");
  expect(wordsOfTask({ ...task, lastStatus: "PENDING", createdAt: at(3_560), pendingReason: { code: "ImagePull", reason: "Its images are being pulled." } }, now)).toBe("This task of checkout has been pending for 40 s. Its images are being pulled.");
  expect(wordsOfTask({ ...task, lastStatus: "RUNNING", desiredStatus: "STOPPED" }, now)).toBe("This task of checkout is stopping.");
});

test("the console of each partition has an address of its own, and text that is no name has none", () => {
  expect(consoleAddress(task)).toBe("https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/shop/tasks/3f9a");
  expect(consoleAddress({ ...task, region: "cn-north-1", taskArn: "arn:aws-cn:ecs:cn-north-1:1:task/shop/3f9a" })).toMatch(/^https:\/\/cn-north-1\.console\.amazonaws\.cn\//);
  expect(consoleAddress({ ...task, region: "evil.example/" })).toBeUndefined();
});
