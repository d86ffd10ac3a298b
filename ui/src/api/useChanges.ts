import { useQueryClient, type Query, type QueryClient } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";
import { addressOf } from "./client";

// What a change of state changes; each of them as it is now, since the past does not change.
const followed = new Set<unknown>(["clusters", "services", "deployments", "tasks", "instances", "task"]);
const kinds = ["task", "instance", "service", "deployment", "reset"];
/** A burst is one change of the page and not a thousand. */
const pause = 1_000;

/**
 * The one stream of changes of this tab: open while somebody follows it and the tab is to be seen, since a browser has few connections to one server. It says only
 * that something changed; the lists are then asked for anew, each at its own pace.
 */
class Changes {
  private readonly followers = new Map<() => void, QueryClient>();
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private changedAt = 0;
  isConnected = false;

  follow(client: QueryClient, onConnected: () => void): () => void {
    this.followers.set(onConnected, client);
    if (this.followers.size === 1) document.addEventListener("visibilitychange", this.look);
    this.look();
    return () => {
      this.followers.delete(onConnected);
      if (this.followers.size === 0) document.removeEventListener("visibilitychange", this.look);

      // From one page to the next there is a moment without followers.
      setTimeout(this.look);
    };
  }

  private readonly look = (): void => {
    const isWanted = this.followers.size > 0 && document.visibilityState === "visible";
    if (isWanted && !this.source) this.open();
    if (!isWanted && this.source) {
      this.source.close();
      this.source = undefined;
      clearTimeout(this.timer);
      this.timer = undefined;
      this.connected(false);
    }
  };

  private open(): void {
    const source = new EventSource(addressOf("/api/v1/changes"));
    this.source = source;
    source.onopen = () => {
      // What changed before the stream was there.
      this.changed();
      this.connected(true);
    };
    source.onerror = () => this.connected(false);
    for (const kind of kinds) source.addEventListener(kind, this.changed);
  }

  private connected(is: boolean): void {
    if (this.isConnected === is) return;
    this.isConnected = is;
    for (const told of this.followers.keys()) told();
  }

  private readonly changed = (): void => {
    this.changedAt = Date.now();
    this.timer ??= setTimeout(this.ask, pause);
  };

  private readonly ask = (): void => {
    this.timer = undefined;
    let isLeft = false;
    for (const client of new Set(this.followers.values()))
      void client.invalidateQueries({
        predicate: (query) => {
          if (!isFollowed(query) || query.state.dataUpdatedAt >= this.changedAt) return false;
          if (Date.now() - query.state.dataUpdatedAt >= pauseOf(query)) return true;
          isLeft = true;
          return false;
        },
      });
    if (isLeft) this.timer = setTimeout(this.ask, pause);
  };
}

// What reads the whole store (heavy) keeps to its own time.
const isFollowed = (query: Query): boolean => followed.has(query.queryKey[0]) && query.queryKey[2] === undefined && query.isActive() && query.meta?.["isHeavy"] !== true;

// All pages are asked for again, so whoever has scrolled through many waits longer.
const pauseOf = (query: Query): number => pause * Math.max(1, Math.ceil(((query.state.data as { pages?: unknown[] } | undefined)?.pages?.length ?? 1) / 3));

const changes = new Changes();

/** Whether the lists of the clusters are told of changes, and need not be asked for in case of some. */
export function useChanges(isWanted: boolean): boolean {
  const client = useQueryClient();
  const follow = useCallback((told: () => void) => (isWanted ? changes.follow(client, told) : () => undefined), [client, isWanted]);
  return useSyncExternalStore(follow, () => isWanted && changes.isConnected);
}
