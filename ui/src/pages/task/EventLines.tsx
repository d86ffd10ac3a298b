import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { EventItem } from "../../api/types";
import { EventText } from "../../parts/EventText";
import { KindIcon } from "../../parts/KindIcon";
import { StateMark } from "../../parts/StateMark";
import { stateOfEvent } from "../../state";
import { shortMoment } from "../../time/time";
import classes from "./Task.module.css";

const first = 12;

/** Events in words, oldest first; each opens its JSON. */
export function EventLines({ events, open, empty }: { events: readonly EventItem[]; open: string | undefined; empty: string }) {
  const [isAll, showAll] = useState(false);
  if (events.length === 0) return <p className={classes.dim}>{empty}</p>;
  // The latest are the nearest to the stop.
  const left = isAll ? 0 : Math.max(0, events.length - first);
  return (
    <>
      {left > 0 ? (
        <Button size="compact-xs" variant="default" onClick={() => showAll(true)}>
          {left.toLocaleString("en")} earlier
        </Button>
      ) : null}
      <ol className={classes.lines}>
        {events.slice(left).map((event) => (
          <li key={event.key} data-open={event.key === open || undefined}>
            <Link to="." search={(now) => ({ ...now, open: event.key === open ? undefined : event.key })} replace resetScroll={false} aria-expanded={event.key === open}>
              <span className={classes.when}>{shortMoment(event.occurredAt)}</span>
              <StateMark state={stateOfEvent(event)} words={event.outcome ?? "unknown"} />
              {event.kind ? <KindIcon kind={event.kind} size={14} /> : null}
              <span className={classes.said}>
                <EventText isLine text={event.summary || event.detailType || "an event"} />
                <Status event={event} />
              </span>
            </Link>
          </li>
        ))}
      </ol>
    </>
  );
}

/** What a task's event says it is: several have the same words. */
function Status({ event }: { event: EventItem }) {
  const detail = (event.event as { detail?: { lastStatus?: unknown; desiredStatus?: unknown } } | null)?.detail;
  if (event.detailType !== "ECS Task State Change" || typeof detail?.lastStatus !== "string" || event.summary?.includes(`is ${detail.lastStatus.toLowerCase()}`)) return null;
  const wanted = typeof detail.desiredStatus === "string" && detail.desiredStatus !== detail.lastStatus ? `, wanted ${detail.desiredStatus.toLowerCase()}` : "";
  return (
    <span className={classes.dim}>
      {" "}
      <EventText isLine text={`${detail.lastStatus.toLowerCase()}${wanted}`} />
    </span>
  );
}
