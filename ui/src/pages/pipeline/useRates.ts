import { useRef } from "react";
import type { Pipeline } from "../../api/types";

/** Events a second since the read before, in all (`""`) and by source; undefined until there are two reads. */
export type Rates = ReadonlyMap<string, number> | undefined;

interface Read {
  at: number;
  received: Map<string, number>;
  stored: number;
}

/** Under this the difference says more of the clock than of the stream. */
const shortest = 1_000;
/** The name under which the store's rate stands. */
export const storedRate = "\u0000stored";

/** Rates out of the difference of two reads. */
export function useRates(pipeline: Pipeline | undefined, at: number): Rates {
  const reads = useRef<{ last?: Read; rates?: Map<string, number> }>({});
  if (!pipeline) return undefined;
  const { last } = reads.current;
  if (last && at - last.at < shortest) return reads.current.rates;
  const next: Read = { at, received: new Map(Object.entries(pipeline.sources).map(([name, sum]) => [name, sum.received])), stored: pipeline.total.stored };
  // A total that became less is that of another server, or of another store.
  if (last && next.stored >= last.stored) {
    const seconds = (at - last.at) / 1_000;
    reads.current.rates = new Map([...next.received].map(([name, received]) => [name, Math.max(0, received - (last.received.get(name) ?? 0)) / seconds]));
    reads.current.rates.set(storedRate, (next.stored - last.stored) / seconds);
  }
  reads.current.last = next;
  return reads.current.rates;
}

/** 12 a second, 3 a minute. */
export function wordsOfRate(perSecond: number | undefined): string {
  if (perSecond === undefined) return "…";
  if (perSecond === 0) return "0 a second";
  if (perSecond < 1) return `${Math.max(0.1, Math.round(perSecond * 600) / 10).toLocaleString("en")} a minute`;
  return `${(perSecond < 10 ? Math.round(perSecond * 10) / 10 : Math.round(perSecond)).toLocaleString("en")} a second`;
}
