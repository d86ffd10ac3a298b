import { Button } from "@mantine/core";
import type { Pipeline, Status } from "../../api/types";
import { Command, Empty } from "../../parts/Answer";
import { Sentence } from "../../parts/Sentence";
import { labelOf, wider } from "../../time/time";
import { usePageTime } from "../../time/useTime";

/** Nothing is in this time: because nothing was ever stored, or because it lies elsewhere. */
export function NothingYet({ status, pipeline }: { status: Status; pipeline: Pipeline | undefined }) {
  const { time, setTime } = usePageTime();
  const next = wider(time);
  const stored = pipeline?.total.stored ?? 0;
  if (stored > 0 || status.events > 0)
    return (
      <>
        <Sentence state="unknown">No event in the {time.mode === "live" ? labelOf(time) : "time shown"}.</Sentence>
        <Empty title={`${stored.toLocaleString("en")} events were stored, at other times`}>
          {next ? (
            <Button size="xs" onClick={() => setTime(next)}>
              Show {next.mode === "live" ? labelOf(next) : "more"}
            </Button>
          ) : null}
        </Empty>
      </>
    );
  return (
    <>
      <Sentence state="unknown">No event has come in yet.</Sentence>
      <Empty title="Send some, and this page says how your clusters are">
        <p>Recorded events, from a file or a folder (NDJSON, JSON, gzip):</p>
        <Command>crowsnest ingest events.ndjson</Command>
        <p>A simulated fleet, to look around first:</p>
        <Command>crowsnest demo</Command>
        <p>From EventBridge, or from anything that can post:</p>
        <Command>{`curl -H 'Content-Type: application/x-ndjson' --data-binary @events.ndjson ${location.origin}/api/v1/events`}</Command>
      </Empty>
    </>
  );
}
