import { expect, test } from "vitest";
import { ago, apiTime, momentOf, readTime, wider, wordsOfSeconds, writeTime, type TimeChoice } from "./time";

test("what the address says is read, and written the same", () => {
  const choices: TimeChoice[] = [
    { mode: "live", last: "24h" },
    { mode: "live", last: "all" },
    { mode: "range", from: "2026-03-02T03:00:00.000Z", to: "2026-03-02T04:00:00.000Z" },
    { mode: "at", at: "2026-03-02T03:12:40.000Z" },
  ];
  for (const choice of choices) {
    const search = Object.fromEntries(Object.entries(writeTime(choice)).filter((entry): entry is [string, string] => entry[1] !== undefined));
    expect(readTime(search)).toEqual(choice);
  }
});

test("what the address says wrongly is live", () => {
  for (const search of [{ last: "5y" }, { from: "x", to: "y" }, { from: "2026-03-02T04:00:00Z", to: "2026-03-02T03:00:00Z" }, { at: "yesterday" }])
    expect(readTime(search)).toEqual({ mode: "live", last: "24h" });
});

test("a moment is asked for with the day before it, itself included", () => {
  expect(apiTime({ mode: "at", at: "2026-03-02T03:12:40.000Z" })).toEqual({ from: "2026-03-01T03:12:40.000Z", to: "2026-03-02T03:12:40.001Z" });
  expect(apiTime({ mode: "live", last: "all" })).toEqual({});
});

test("things are shown as they were at a moment, or at the end of a range", () => {
  expect(momentOf({ mode: "at", at: "2026-03-02T03:12:40.000Z" })).toBe("2026-03-02T03:12:40.000Z");
  expect(momentOf({ mode: "range", from: "2026-03-02T03:00:00.000Z", to: "2026-03-02T04:00:00.000Z" })).toBe("2026-03-02T04:00:00.000Z");
  expect(momentOf({ mode: "live", last: "all" })).toBeUndefined();
});

test("time widens until it is all", () => {
  expect(wider({ mode: "live", last: "1h" })).toEqual({ mode: "live", last: "6h" });
  expect(wider({ mode: "live", last: "all" })).toBeUndefined();
});

test("durations have one unit", () => {
  expect([0, 59, 60, 3_599, 3_600, 172_800].map(wordsOfSeconds)).toEqual(["0 s", "59 s", "1 min", "59 min", "1 h", "2 days"]);
  expect(ago("2026-03-02T03:00:00Z", Date.parse("2026-03-02T03:04:10Z"))).toBe("4 min ago");
});
