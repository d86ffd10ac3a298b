import { get } from "../../api/client";
import type { EventPage, HistogramAnswer } from "../../api/types";

const buckets = 2_000;

/** The failure that a query finds before a moment, the nearest. */
export async function failureBefore(q: string, moment: string): Promise<string | undefined> {
  const page = await get<EventPage>("/api/v1/events", { q, to: moment, limit: 1 });
  return page.items[0]?.occurredAt;
}

/** The failure after a moment, the nearest, to the second: events are listed newest first, so it is found by counting, in finer and finer parts of the time. */
export async function failureAfter(q: string, moment: string, end: number): Promise<string | undefined> {
  let from = Date.parse(moment) + 1;
  let to = end;
  while (to > from) {
    const counted = await get<HistogramAnswer>("/api/v1/histogram", { q, from: new Date(from).toISOString(), to: new Date(to).toISOString(), buckets: Math.max(1, Math.min(buckets, to - from)) });
    const first = counted.counts.findIndex((count) => count > 0);
    if (first < 0) return undefined;
    const start = Date.parse(counted.from) + first * counted.bucketMilliseconds;
    // A whole second is as exact as the time of an event's envelope.
    if (counted.bucketMilliseconds <= 1_000) return new Date(start + counted.bucketMilliseconds).toISOString();
    [from, to] = [Math.max(from, start), Math.min(to, start + counted.bucketMilliseconds)];
  }
  return undefined;
}
