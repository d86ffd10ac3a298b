/**
 * What time the page shows: live (a window that ends now and moves), a range that stands still, or a moment.
 * In the address: nothing (live, the last 24 hours), `last=1h`, `from=…&to=…`, or `at=…`. It travels with every link.
 */
export type TimeChoice = { mode: "live"; last: Last } | { mode: "range"; from: string; to: string } | { mode: "at"; at: string };

export const lasts = ["15m", "1h", "6h", "24h", "7d", "30d", "all"] as const;
export type Last = (typeof lasts)[number];

const lastWords: Record<Last, string> = {
  "15m": "last 15 minutes",
  "1h": "last hour",
  "6h": "last 6 hours",
  "24h": "last 24 hours",
  "7d": "last 7 days",
  "30d": "last 30 days",
  all: "all that is stored",
};

/** The parameters that hold the time; links keep them. */
export const timeParameters = ["last", "from", "to", "at"] as const;
export type TimeSearch = { [name in (typeof timeParameters)[number]]?: string };

/** A moment counts with what came before it, so far back. */
const beforeMoment = 24 * 3_600_000;

export const wordsOfLast = (last: Last): string => lastWords[last];

/** What the address says; what it says wrongly is live, so that an old link still opens. */
export function readTime(search: TimeSearch): TimeChoice {
  const { from, to, at } = search;
  if (at !== undefined && isTime(at)) return { mode: "at", at: iso(at) };
  if (from !== undefined && to !== undefined && isTime(from) && isTime(to) && Date.parse(from) < Date.parse(to)) return { mode: "range", from: iso(from), to: iso(to) };
  const last = lasts.find((known) => known === search.last);
  return { mode: "live", last: last ?? "24h" };
}

/** What the address must say; parameters that it must not have are undefined. */
export function writeTime(time: TimeChoice): Record<(typeof timeParameters)[number], string | undefined> {
  const none = { last: undefined, from: undefined, to: undefined, at: undefined };
  switch (time.mode) {
    case "live":
      return { ...none, last: time.last === "24h" ? undefined : time.last };
    case "range":
      return { ...none, from: time.from, to: time.to };
    case "at":
      return { ...none, at: time.at };
  }
}

/** As the API takes it: `from` inclusive, `to` exclusive. */
export function apiTime(time: TimeChoice): { from?: string; to?: string } {
  switch (time.mode) {
    case "live":
      return time.last === "all" ? {} : { from: `now-${time.last}` };
    case "range":
      return { from: time.from, to: time.to };
    case "at":
      return { from: new Date(Date.parse(time.at) - beforeMoment).toISOString(), to: new Date(Date.parse(time.at) + 1).toISOString() };
  }
}

/** The moment at which things are shown as they were: the one that is chosen, or the end of a range; undefined for now. */
export function momentOf(time: TimeChoice): string | undefined {
  return time.mode === "live" ? undefined : time.mode === "at" ? time.at : time.to;
}

/** The next wider time, or undefined when all is shown. */
export function wider(time: TimeChoice): TimeChoice | undefined {
  if (time.mode !== "live") return { mode: "live", last: "all" };
  const next = lasts[lasts.indexOf(time.last) + 1];
  return next === undefined ? undefined : { mode: "live", last: next };
}

/** One short line: what the control says. */
export function labelOf(time: TimeChoice): string {
  switch (time.mode) {
    case "live":
      return wordsOfLast(time.last);
    case "range":
      return `${shortMoment(time.from)} – ${sameDay(time.from, time.to) ? clock(time.to) : shortMoment(time.to)}`;
    case "at":
      return `as it was ${shortMoment(time.at)}`;
  }
}

const pad = (n: number): string => String(n).padStart(2, "0");
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** 03:12:40, in the reader's own time zone. */
export function clock(moment: string | number): string {
  const date = new Date(moment);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** 2 Mar 03:12:40, with the year when it is not this one. */
export function shortMoment(moment: string | number, now: number = Date.now()): string {
  const date = new Date(moment);
  const year = date.getFullYear() === new Date(now).getFullYear() ? "" : ` ${date.getFullYear()}`;
  return `${date.getDate()} ${months[date.getMonth()]}${year} ${clock(moment)}`;
}

/** 12 s ago, 4 min ago, 3 h ago, 2 days ago; in 5 s when it is ahead. */
export function ago(moment: string | number, now: number): string {
  const seconds = Math.round((now - new Date(moment).getTime()) / 1000);
  const words = wordsOfSeconds(Math.abs(seconds));
  if (Math.abs(seconds) < 1) return "now";
  return seconds < 0 ? `in ${words}` : `${words} ago`;
}

/** A duration in the one unit that fits it. */
export function wordsOfSeconds(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3_600) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

const isTime = (text: string): boolean => /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text));
const iso = (text: string): string => new Date(text).toISOString();
const sameDay = (a: string, b: string): boolean => new Date(a).toDateString() === new Date(b).toDateString();
