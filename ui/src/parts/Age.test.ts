import { expect, test } from "vitest";
import { ageWords } from "./Age";

test("in the past an age is told from the moment that is shown, and not from now", () => {
  const now = Date.parse("2026-11-30T00:00:00Z");
  expect(ageWords("2026-03-02T09:00:00Z", now, "2026-03-02T09:04:00Z")).toBe("4 min before");
  expect(ageWords("2026-03-02T09:00:10Z", now, "2026-03-02T09:00:00Z")).toBe("10 s after");
  expect(ageWords("2026-11-29T23:56:00Z", now, undefined)).toBe("4 min ago");
});
