import type { StatusFailure } from "../../api/types";
import type { State } from "../../state";
import { clock, shortMoment, wordsOfSeconds } from "../../time/time";

/** A rate in the words of the smaller unit that keeps it above one. */
export function perMinute(count: number, minutes: number): string {
  const rate = count / Math.max(minutes, 1 / 60);
  return rate >= 10 ? Math.round(rate).toLocaleString("en") : rate >= 0.1 || rate === 0 ? String(Math.round(rate * 10) / 10) : "< 0.1";
}

const hour = 3_600_000;

/** The time of day when something began, with its day when that is another than the other moment's; "before" when it was going on already where the time that was looked at begins. */
export function since(moment: string, status: { from: string; to: string }): string {
  const at = new Date(moment);
  const words = at.toDateString() === new Date(status.to).toDateString() ? clock(moment).slice(0, 5) : shortMoment(moment).slice(0, -3);
  return Date.parse(moment) - Date.parse(status.from) < hour && Date.parse(status.to) - Date.parse(status.from) > 2 * hour ? `before ${words}` : words;
}

/** What to say of services of which none is broken. When the newest event is old, how they are now is not known: the stream is silent, or a backlog is still coming in. */
export function calmWords(where: string, failuresLately: number, isWarned: boolean, oldSeconds: number | null): string {
  if (oldSeconds !== null) return `The newest event so far is ${wordsOfSeconds(oldSeconds)} old: how ${where} are now is not known.`;
  if (isWarned) return `Nothing is broken, but there are warnings: ${where}.`;
  if (failuresLately > 0) return `Quiet again: ${where}, all steady after what failed in the last hour.`;
  return `All quiet: ${where}, no failure in the last hour.`;
}

/** How the state of a failure looks; what is over is routine. */
export const lookOfFailure: Record<string, { state: State; word: string }> = {
  failing: { state: "failing", word: "failing" },
  warning: { state: "warning", word: "warning" },
  recovered: { state: "healthy", word: "steady again" },
  earlier: { state: "routine", word: "earlier" },
};

/** What a failure is about, for people: its service, the family of a task that is none's, or the cluster itself. */
export const subjectOf = (failure: StatusFailure): string => failure.service || failure.family || failure.cluster || "no cluster named";
