import { expect, test } from "vitest";
import { partOf } from "./rules";

test("what is no part of the page shows the rules", () => {
  expect([partOf("try"), partOf("nonsense"), partOf(undefined)]).toEqual(["try", "rules", "rules"]);
});
