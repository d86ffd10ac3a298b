import { useCallback, useEffect, useMemo, useReducer, useRef } from "react";
import { addressOf } from "../../api/client";
import type { EventItem } from "../../api/types";

/** How many events that came live are kept in memory; older ones are found by asking again. */
const most = 2_000;

export interface Tail {
  /** Came and are not shown yet, newest first. */
  waiting: readonly EventItem[];
  /** Came and were let in, newest first. */
  shown: readonly EventItem[];
  /** Went by unseen because this browser was too slow, or while there was no connection; null when nobody knows how many. */
  missed: number | null;
  isConnected: boolean;
  /** Lets in what waits. */
  show: () => void;
}

type Step =
  | { type: "came"; items: EventItem[]; isFollowing: boolean }
  | { type: "show" }
  | { type: "missed"; count: number | null }
  | { type: "connected"; is: boolean }
  | { type: "reset" };

interface State {
  waiting: readonly EventItem[];
  shown: readonly EventItem[];
  missed: number | null;
  isConnected: boolean;
}

export const nothing: State = { waiting: [], shown: [], missed: 0, isConnected: false };

/** What the tail knows after one more step. */
export function step(state: State, action: Step): State {
  switch (action.type) {
    case "came": {
      const known = new Set([...state.waiting, ...state.shown].map((item) => item.key));
      const fresh = action.items.filter((item) => !known.has(item.key));
      if (fresh.length === 0) return state;
      if (action.isFollowing) return { ...state, waiting: [], shown: newestFirst([...fresh, ...state.waiting, ...state.shown]) };
      return { ...state, waiting: newestFirst([...fresh, ...state.waiting]) };
    }
    case "show":
      return { ...state, waiting: [], shown: newestFirst([...state.waiting, ...state.shown]) };
    case "missed":
      return { ...state, missed: action.count === null || state.missed === null ? null : state.missed + action.count };
    case "connected":
      return { ...state, isConnected: action.is };
    case "reset":
      return nothing;
  }
}

const newestFirst = (items: EventItem[]): EventItem[] => items.sort((a, b) => (a.occurredAt < b.occurredAt ? 1 : a.occurredAt > b.occurredAt ? -1 : a.key < b.key ? 1 : -1)).slice(0, most);

/** Events that the query finds, as they are committed; those of `isWithin` alone. Off, it asks for nothing. Following, they are let in at once. */
export function useTail(q: string, isOn: boolean, isFollowing: boolean, isWithin: (item: EventItem) => boolean): Tail {
  const [state, dispatch] = useReducer(step, nothing);
  const now = useRef({ isFollowing, isWithin });
  now.current = { isFollowing, isWithin };
  useEffect(() => {
    dispatch({ type: "reset" });
    if (!isOn) return;
    const source = new EventSource(addressOf("/api/v1/stream", { q }));
    // A burst is one change of the page and not a thousand.
    let came: EventItem[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      dispatch({ type: "came", items: came.filter(now.current.isWithin), isFollowing: now.current.isFollowing });
      came = [];
    };
    source.onopen = () => dispatch({ type: "connected", is: true });
    source.onerror = () => dispatch({ type: "connected", is: false });
    source.onmessage = (message: MessageEvent<string>) => {
      came.push(JSON.parse(message.data) as EventItem);
      if (came.length > most) came = came.slice(-most);
      timer ??= setTimeout(flush, 250);
    };
    source.addEventListener("gap", (message: MessageEvent<string>) => dispatch({ type: "missed", count: (JSON.parse(message.data) as { missed: number | null }).missed }));
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [q, isOn]);
  const show = useCallback(() => dispatch({ type: "show" }), []);
  return useMemo(() => ({ ...state, show }), [state, show]);
}
