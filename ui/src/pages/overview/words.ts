import type { StatusCluster, StatusFailure } from "../../api/types";
import type { State } from "../../state";
import { clock, shortMoment } from "../../time/time";

/** "1 service", "3 services". */
export const plural = (count: number, one: string, many = `${one}s`): string => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

/** A rate in the words of the smaller unit that keeps it above one. */
export function perMinute(count: number, minutes: number): string {
  const rate = count / Math.max(minutes, 1 / 60);
  return rate >= 10 ? Math.round(rate).toLocaleString("en") : rate >= 0.1 || rate === 0 ? String(Math.round(rate * 10) / 10) : "< 0.1";
}

/** A time of day when it is less than a day before the other moment; otherwise with its day. */
export function since(moment: string, to: string): string {
  return Date.parse(to) - Date.parse(moment) < 24 * 3_600_000 ? clock(moment).slice(0, 5) : shortMoment(moment).slice(0, -3);
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

/** The names of clusters as short as they are clear: name, then what tells it from another of that name. */
export function namesOf(clusters: readonly Pick<StatusCluster, "account" | "region" | "name">[]): (account: string, region: string, name: string) => { name: string; more: string } {
  return (account, region, name) => {
    const same = clusters.filter((one) => one.name === name);
    if (same.length < 2) return { name, more: "" };
    const sameRegion = same.filter((one) => one.region === region);
    if (sameRegion.length < 2) return { name, more: region };
    return { name, more: same.filter((one) => one.account === account).length < 2 ? account : `${account} ${region}` };
  };
}
