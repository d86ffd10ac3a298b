import { expect, test } from "vitest";
import { completed, completeField, completeValue, typingAt } from "./complete";

const fields = [
  { name: "kind", description: "Why" },
  { name: "lastStatus", description: "The last status" },
  { name: "healthStatus", description: "The status of a check" },
];

test("before a colon a field is typed, after it a value", () => {
  expect(typingAt("outcome:failure AND ki", 22)).toMatchObject({ kind: "field", prefix: "ki", from: 20, to: 22 });
  expect(typingAt("kind:Im AND x", 7)).toMatchObject({ kind: "value", field: "kind", prefix: "Im", from: 5, to: 7 });
  expect(typingAt("-(kind:", 7)).toMatchObject({ kind: "value", field: "kind", prefix: "" });
  expect(typingAt("_exists_:ki", 11)).toMatchObject({ kind: "field", field: "_exists_", prefix: "ki" });
  expect(typingAt('service:"pay m', 14)).toMatchObject({ kind: "value", field: "service", prefix: "pay m", from: 8 });
});

test("fields that begin so come before those that hold it, and operators are offered", () => {
  expect(completeField(typingAt("stat", 4), fields).map((one) => one.label)).toEqual(["lastStatus", "healthStatus"]);
  expect(completeField(typingAt("a AN", 4), fields).map((one) => one.text)).toEqual(["AND "]);
});

test("a value takes the place of what was typed of it, quoted where it must be", () => {
  const query = "service:pa AND kind:x";
  const typing = typingAt(query, 10);
  const [found] = completeValue(typing, [{ value: "web", count: 9 }, { value: "payments api", count: 3 }]);
  expect(found?.label).toBe("payments api");
  expect(completed(query, typing, found!)).toEqual({ query: 'service:"payments api" AND kind:x', cursor: 23 });
});
