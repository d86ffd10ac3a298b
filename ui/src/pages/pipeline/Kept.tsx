import type { Pipeline } from "../../api/types";
import { StateMark } from "../../parts/StateMark";
import { TimeText } from "../../parts/TimeText";
import { wordsOfBytes } from "./bytes";
import classes from "./Pipeline.module.css";

/** What is kept for how long, what left, and when that was looked at last. */
export function Kept({ pipeline: { retention } }: { pipeline: Pipeline }) {
  if (!retention) return null;
  const { dropped } = retention;
  const left = dropped.events + dropped.quarantined + dropped.resources + dropped.incidents;
  return (
    <section aria-labelledby="kept">
      <h2 id="kept" className={classes.title}>
        Kept
      </h2>
      <p className={classes.line}>
        Events {retention.events === null ? "for ever" : <b>{retention.events}</b>}, quarantine <b>{retention.quarantine}</b>, incidents that are over <b>{retention.incidents}</b>,{" "}
        {retention.sizeBytes === null ? "of any size" : <>all of it within <b>{wordsOfBytes(retention.sizeBytes)}</b></>}.{" "}
        {left === 0
          ? "Nothing has left so far"
          : `${dropped.events.toLocaleString("en")} events, ${dropped.quarantined.toLocaleString("en")} from quarantine, ${dropped.resources.toLocaleString("en")} resources and ${dropped.incidents.toLocaleString("en")} incidents have left`}
        {retention.lastAt ? (
          <>
            ; looked at last <TimeText at={retention.lastAt} />.
          </>
        ) : (
          "; not looked at since the start."
        )}
      </p>
      {retention.problem !== "" ? (
        <p className={classes.line}>
          <StateMark state="failing" words="Not all could be done:" withWords /> <span className="event-text">{retention.problem}</span>
        </p>
      ) : null}
    </section>
  );
}
