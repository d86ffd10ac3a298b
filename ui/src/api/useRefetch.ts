import { useCallback } from "react";
import { usePageTime } from "../time/useTime";
import { useChanges } from "./useChanges";

/** How long an answer of a list is left to stand. */
const milliseconds = 5_000;
/** What is told of changes grows old only in its ages. */
const toldMilliseconds = 30_000;
/** What reads the whole store is asked for less often. */
const heavyMilliseconds = 30_000;

/**
 * When the lists of the clusters are asked for anew: the one place that decides it. In the past never, since it does not change; live when something changed, as the
 * stream of changes says, and every few seconds where that is not there or says nothing of it (TanStack Query stops where the page is hidden). Pages are asked for one
 * after the other, so whoever has scrolled through many waits longer.
 */
export function useRefetch({ isHeavy = false, isTold = true }: { isHeavy?: boolean; isTold?: boolean }): (pages: number) => number | false {
  const { isLive } = usePageTime();
  const isFollowed = useChanges(isLive && isTold && !isHeavy);
  const pause = isHeavy ? heavyMilliseconds : isFollowed ? toldMilliseconds : milliseconds;
  return useCallback((pages: number) => (isLive ? pause * Math.max(1, Math.ceil(pages / 3)) : false), [isLive, pause]);
}
