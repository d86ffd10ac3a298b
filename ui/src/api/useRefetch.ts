import { useCallback } from "react";
import { usePageTime } from "../time/useTime";

/** How long an answer of a list is left to stand. */
const milliseconds = 5_000;
/** What reads the whole store is asked for less often. */
const heavyMilliseconds = 30_000;

/**
 * When the lists of the clusters are asked for anew: the one place that decides it. In the past never, since it does not change; live every few seconds while the page
 * is to be seen (TanStack Query stops where it is hidden). Pages are asked for one after the other, so whoever has scrolled through many waits longer.
 */
export function useRefetch({ isHeavy }: { isHeavy: boolean }): (pages: number) => number | false {
  const { isLive } = usePageTime();
  return useCallback((pages: number) => (isLive ? (isHeavy ? heavyMilliseconds : milliseconds) * Math.max(1, Math.ceil(pages / 3)) : false), [isLive, isHeavy]);
}
