import { ago, shortMoment, wordsOfSeconds } from "../time/time";
import { useNow, usePageTime } from "../time/useTime";

/** How old something is, live; in the past, how long before the moment that is shown it was, since from now on all of it is equally far away. */
export function ageWords(at: string, now: number, moment: string | undefined): string {
  if (moment === undefined) return ago(at, now);
  const seconds = (Date.parse(moment) - Date.parse(at)) / 1_000;
  return `${wordsOfSeconds(Math.abs(seconds))} ${seconds < 0 ? "after" : "before"}`;
}

/** The age of something in words; exactly when it was, on hover. */
export function Age({ at }: { at: string }) {
  const now = useNow();
  const { moment } = usePageTime();
  return (
    <time dateTime={at} title={`${shortMoment(at, now)} · ${at}`} style={{ whiteSpace: "nowrap" }}>
      {ageWords(at, now, moment)}
    </time>
  );
}
