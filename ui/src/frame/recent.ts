const key = "crowsnest.recent-searches";
const most = 12;

/** What was searched for lately in this browser, newest first. */
export function recentSearches(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(kept) ? kept.filter((text): text is string => typeof text === "string").slice(0, most) : [];
  } catch {
    return [];
  }
}

/** Puts a search at the front. */
export function rememberSearch(text: string): void {
  const wanted = text.trim();
  if (wanted === "" || wanted.length > 1_000) return;
  try {
    localStorage.setItem(key, JSON.stringify([wanted, ...recentSearches().filter((kept) => kept !== wanted)].slice(0, most)));
  } catch {
    // A browser that keeps nothing has no recent searches.
  }
}
