import { expect, test } from "vitest";
import { partOf, spanOf } from "./rules";

test.each([
  [90, "90 s"],
  [300, "5 min"],
  [3600, "1 h"],
  [5400, "90 min"],
])("%d seconds are %s", (seconds, words) => expect(spanOf(seconds)).toBe(words));

test("what is no part of the page shows the rules", () => {
  expect([partOf("try"), partOf("nonsense"), partOf(undefined)]).toEqual(["try", "rules", "rules"]);
});
