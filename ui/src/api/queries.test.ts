import { expect, test } from "vitest";
import { ApiProblem } from "./client";
import { mayPass } from "./queries";

test.each([
  [0, true],
  [500, true],
  [503, true],
  [400, false],
  [404, false],
  [501, false],
])("a problem with status %i may pass by itself: %s", (status, may) => {
  expect(mayPass(new ApiProblem(status, "", ""))).toBe(may);
});

test("what is no answer of the server is not asked again", () => {
  expect(mayPass(new TypeError("a mistake of ours"))).toBe(false);
});
