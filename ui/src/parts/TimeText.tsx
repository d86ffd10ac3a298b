import { ago, shortMoment } from "../time/time";
import { useNow } from "../time/useTime";

/** A moment: relative, and exactly on hover; or exactly, with how long ago on hover. */
export function TimeText({ at, exact = false }: { at: string; exact?: boolean }) {
  const now = useNow();
  const full = `${shortMoment(at, now)}.${at.slice(20, 23) || "000"}`;
  return (
    <time dateTime={at} title={exact ? `${ago(at, now)} · ${at}` : `${full} · ${at}`} style={{ whiteSpace: "nowrap" }}>
      {exact ? full : ago(at, now)}
    </time>
  );
}
