import { expect, test } from "vitest";
import { matchersOf } from "./silences";

test("an incident is silenced by its rule and its place, whatever its names have in them", () => {
  expect(matchersOf({ labels: { alertname: "task-failed", cluster: "prod", service: 'a "b", c', kind: "OutOfMemory" } })).toBe('alertname="task-failed",cluster="prod",service="a \\"b\\", c"');
});
