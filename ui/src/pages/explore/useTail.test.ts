import { expect, test } from "vitest";
import { anEvent } from "../../gallery/story";
import { nothing, step } from "./useTail";

test("what comes waits until it is shown, newest first and each once", () => {
  let state = step(nothing, { type: "came", items: [anEvent(9), anEvent(3)], isFollowing: false });
  state = step(state, { type: "came", items: [anEvent(3), anEvent(5)], isFollowing: false });
  expect(state.waiting).toEqual([anEvent(3), anEvent(5), anEvent(9)]);
  state = step(state, { type: "show" });
  expect(state.waiting).toEqual([]);
  expect(state.shown).toHaveLength(3);
  expect(step(state, { type: "came", items: [anEvent(5)], isFollowing: false })).toBe(state);
});

test("followed, what comes is let in with what waited", () => {
  const waiting = step(nothing, { type: "came", items: [anEvent(9)], isFollowing: false });
  const state = step(waiting, { type: "came", items: [anEvent(1)], isFollowing: true });
  expect(state.shown).toEqual([anEvent(1), anEvent(9)]);
  expect(state.waiting).toEqual([]);
});

test("it keeps two thousand, the newest, however long it runs", () => {
  let state = nothing;
  for (let batch = 30; batch > 0; batch--) state = step(state, { type: "came", items: Array.from({ length: 100 }, (_, index) => anEvent(batch * 100 + index)), isFollowing: true });
  expect(state.shown).toHaveLength(2_000);
  expect(state.shown[0]).toEqual(anEvent(100));
});

test("once nobody knows how many were missed, that stays so", () => {
  const state = step(step(nothing, { type: "missed", count: 3 }), { type: "missed", count: null });
  expect(step(state, { type: "missed", count: 2 }).missed).toBeNull();
});
