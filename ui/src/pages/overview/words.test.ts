import { expect, test } from "vitest";
import { queryFor } from "../../parts/query";
import { namesOf } from "../../parts/words";
import { calmWords, perMinute, since } from "./words";

test("a rate is said in words that fit it", () => {
  expect([perMinute(0, 60), perMinute(3, 60), perMinute(90, 60), perMinute(120_000, 60)]).toEqual(["0", "< 0.1", "1.5", "2,000"]);
});

test("a name that two clusters have is followed by what tells them apart", () => {
  const nameOf = namesOf([
    { account: "1", region: "eu-west-1", name: "prod" },
    { account: "1", region: "us-east-1", name: "prod" },
    { account: "1", region: "eu-west-1", name: "edge" },
    { account: "1", region: "eu-west-1", name: "data" },
    { account: "2", region: "eu-west-1", name: "data" },
  ]);
  expect(nameOf("1", "us-east-1", "prod")).toEqual({ name: "prod", more: "us-east-1" });
  expect(nameOf("1", "eu-west-1", "edge")).toEqual({ name: "edge", more: "" });
  expect(nameOf("2", "eu-west-1", "data")).toEqual({ name: "data", more: "2" });
});

test("what began before the time that is looked at is said to have begun before", () => {
  const time = { from: "2026-03-01T12:00:00", to: "2026-03-02T12:00:00" };
  expect(since("2026-03-02T09:30:10", time)).toBe("09:30");
  expect(since("2026-03-01T12:10:00", time)).toMatch(/^before 1 Mar .*12:10$/);
});

test("a query of values leaves out what is empty and quotes what could mean something else", () => {
  expect(queryFor({ outcome: "failure", cluster: "a b", service: "", kind: undefined })).toBe('outcome:failure AND cluster:"a b"');
});

test("nothing is called quiet of which only old events are known", () => {
  expect(calmWords("3 services in 1 cluster", 0, false, null)).toBe("All quiet: 3 services in 1 cluster, no failure in the last hour.");
  expect(calmWords("3 services in 1 cluster", 0, false, 7 * 3600)).toBe("The newest event so far is 7 h old: how 3 services in 1 cluster are now is not known.");
  expect(calmWords("3 services in 1 cluster", 0, true, 7 * 3600)).toContain("not known");
});
