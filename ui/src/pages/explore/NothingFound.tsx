import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { EventPage } from "../../api/types";
import { Command, Empty, Loading } from "../../parts/Answer";
import { shortMoment, wider } from "../../time/time";
import { usePageTime } from "../../time/useTime";

/** Nothing to list: because nothing is stored, or because nothing of it matches; and what to do then. */
export function NothingFound({ q }: { q: string }) {
  const { time, setTime } = usePageTime();
  const isAll = time.mode === "live" && time.last === "all";
  const stored = useQuery({ queryKey: ["newest", ""], queryFn: ({ signal }) => get<EventPage>("/api/v1/events", { limit: 1 }, signal) });
  const matching = useQuery({ queryKey: ["newest", q], queryFn: ({ signal }) => get<EventPage>("/api/v1/events", { q, limit: 1 }, signal) });
  if (!stored.data || !matching.data) return <Loading />;
  if (stored.data.items.length === 0) return <NothingStored />;
  const newest = matching.data.items[0];
  const next = wider(time);
  return (
    <Empty title={q === "" ? "No event is from this time" : "Nothing matches in this time"}>
      {newest ? (
        <p>
          The newest {q === "" ? "event" : "match"} is from {shortMoment(newest.occurredAt)}.
        </p>
      ) : isAll ? (
        <p>No stored event matches at any time. Take a clause away, or look at the values that a field has in the list of fields.</p>
      ) : (
        <p>No stored event matches at any other time either.</p>
      )}
      {newest ? (
        <Button.Group>
          {next ? (
            <Button size="xs" variant="default" onClick={() => setTime(next)}>
              Widen the time
            </Button>
          ) : null}
          <Button size="xs" variant="default" onClick={() => setTime({ mode: "at", at: newest.occurredAt })}>
            Go there
          </Button>
          <Button size="xs" onClick={() => setTime({ mode: "live", last: "all" })}>
            All that is stored
          </Button>
        </Button.Group>
      ) : null}
    </Empty>
  );
}

/** The first thing that a new user sees. */
export function NothingStored() {
  const here = typeof location === "undefined" ? "http://127.0.0.1:8723" : location.origin;
  return (
    <Empty title="No event has come in yet">
      <p>Events are sent to this server over HTTP, or read from files. This sends one that comes with Crowsnest:</p>
      <Command>{`curl -H 'Content-Type: application/json' --data-binary @docs/example-event.json ${here}/api/v1/events`}</Command>
      <p>This reads a file of them, also while the server runs:</p>
      <Command>./crowsnest ingest events.ndjson</Command>
      <p>And this shows a simulated fleet, on another port and in a folder of its own:</p>
      <Command>./crowsnest demo</Command>
      <p>This page shows events as they come; it need not be loaded again.</p>
    </Empty>
  );
}
