import { useEffect } from "react";

/** A key of the page, or two after one another (`g o`). */
export interface PageKey {
  keys: string;
  words: string;
}

/** How long the second key of a pair may take. */
const pairMilliseconds = 1_500;

const bound = new Map<string, () => void>();
let first: { key: string; at: number } | undefined;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey) return;
  const isCommand = event.ctrlKey || event.metaKey;
  const key = isCommand ? `mod+${event.key.toLowerCase()}` : event.key;
  if (!isCommand && (isTyping(event.target) || document.querySelector("[role=dialog][aria-modal=true]"))) return;
  const pair = first && event.timeStamp - first.at < pairMilliseconds ? `${first.key} ${key}` : undefined;
  first = undefined;
  const action = (pair && bound.get(pair)) ?? bound.get(key);
  if (action) {
    event.preventDefault();
    action();
  } else if ([...bound.keys()].some((name) => name.startsWith(`${key} `))) {
    first = { key, at: event.timeStamp };
  }
}

/** Binds keys while the component is there. Plain keys are left to whoever is typing. */
export function useKeys(actions: Record<string, () => void>): void {
  useEffect(() => {
    if (bound.size === 0) document.addEventListener("keydown", press);
    const mine = Object.entries(actions);
    for (const [keys, action] of mine) bound.set(keys, action);
    return () => {
      for (const [keys, action] of mine) if (bound.get(keys) === action) bound.delete(keys);
      if (bound.size === 0) document.removeEventListener("keydown", press);
    };
  });
}

/** What `?` lists. */
export const keyList: readonly PageKey[] = [
  { keys: "/", words: "search" },
  { keys: "Ctrl K", words: "find pages, clusters, services, tasks and searches (⌘ K)" },
  { keys: "g o", words: "go to Overview" },
  { keys: "g e", words: "go to Explore" },
  { keys: "g i", words: "go to Incidents" },
  { keys: "g c", words: "go to Clusters" },
  { keys: "g a", words: "go to Capacity" },
  { keys: "g r", words: "go to Rules" },
  { keys: "g p", words: "go to Pipeline" },
  { keys: "g l", words: "back to live" },
  { keys: "j", words: "next row" },
  { keys: "k", words: "row before" },
  { keys: "Enter", words: "open the row" },
  { keys: "a", words: "acknowledge the incident" },
  { keys: "Esc", words: "close" },
  { keys: "?", words: "this list" },
];
