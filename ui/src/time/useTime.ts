import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useSyncExternalStore } from "react";
import { apiTime, momentOf, readTime, writeTime, type TimeChoice, type TimeSearch } from "./time";

export interface PageTime {
  /** What is chosen. */
  time: TimeChoice;
  /** As the API takes it. */
  api: { from?: string; to?: string };
  /** The moment at which things are shown as they were; undefined while live. */
  moment: string | undefined;
  /** New events belong to what is shown. */
  isLive: boolean;
  /** Shows another time, at the same page. */
  setTime: (time: TimeChoice, options?: { replace?: boolean }) => void;
}

/** The time that the page shows, out of its address. */
export function usePageTime(): PageTime {
  const search: TimeSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const { last, from, to, at } = search;
  const time = useMemo(
    () => readTime({ ...(last ? { last } : {}), ...(from ? { from } : {}), ...(to ? { to } : {}), ...(at ? { at } : {}) }),
    [last, from, to, at],
  );
  const api = useMemo(() => apiTime(time), [time]);
  const setTime = useCallback(
    (next: TimeChoice, options?: { replace?: boolean }) =>
      void navigate({ to: ".", search: (now) => ({ ...now, ...writeTime(next) }), replace: options?.replace ?? false }),
    [navigate],
  );
  return { time, api, moment: momentOf(time), isLive: time.mode === "live", setTime };
}

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Now, to the second, the same for everything on the page; one clock, however many look at it. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);
