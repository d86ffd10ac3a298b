import type { Schemas } from "../../api/types";

/** A phase with its place on the chart, from 0 at the left to 1 at the right. */
export interface Segment {
  phase: string;
  from: number;
  /** Now, while it goes on. */
  to: number;
  isOver: boolean;
  start: number;
  end: number;
}

export interface Scale {
  segments: readonly Segment[];
  /** Where a moment stands; what is before or after the task's life is near the edges. */
  place: (moment: number) => number;
}

/** The room at each edge for what happened around the task's life, and the time that fits into it; the server looks as far. */
const edge = 0.05;
const edgeMilliseconds = 5 * 60_000;
/** What even the shortest phase has, beside a share for each tenfold of its length. */
const least = 0.5;

/**
 * A task pulls its images for seconds and runs for days: on one even scale the first would not be seen. So each phase gets room by the logarithm of its length,
 * and within a phase time is even.
 */
export function scaleOf(phases: readonly Schemas["TaskPhase"][], now: number): Scale {
  const parts = phases.map((one) => {
    const from = Date.parse(one.from);
    const to = one.to === undefined ? Math.max(from, now) : Date.parse(one.to);
    return { phase: one.phase, from, to, isOver: one.to !== undefined, weight: least + Math.log10(1 + Math.max(0, to - from) / 1_000) };
  });
  const sum = parts.reduce((total, part) => total + part.weight, 0);
  let at = edge;
  const segments = parts.map(({ weight, ...part }) => {
    const start = at;
    at += (weight / sum) * (1 - 2 * edge);
    return { ...part, start, end: at };
  });
  return { segments, place: (moment) => placeIn(segments, moment) };
}

function placeIn(segments: readonly Segment[], moment: number): number {
  const [first, last] = [segments[0], segments.at(-1)];
  if (!first || !last) return 0.5;
  if (moment < first.from) return Math.max(0, edge - (edge * (first.from - moment)) / edgeMilliseconds);
  if (moment > last.to) return Math.min(1, last.end + (edge * (moment - last.to)) / edgeMilliseconds);
  const there = segments.find((one) => moment < one.to) ?? last;
  return there.to <= there.from ? there.end : there.start + ((there.end - there.start) * Math.max(0, moment - there.from)) / (there.to - there.from);
}

/** Things that stand too near to one another for a finger, together: by the slot that each is in. */
export function grouped<T>(things: readonly T[], placeOf: (thing: T) => number, slots: number): { slot: number; things: T[] }[] {
  const groups = new Map<number, T[]>();
  for (const thing of things) {
    const slot = Math.min(slots - 1, Math.max(0, Math.floor(placeOf(thing) * slots)));
    const there = groups.get(slot);
    if (there) there.push(thing);
    else groups.set(slot, [thing]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([slot, all]) => ({ slot, things: all }));
}
