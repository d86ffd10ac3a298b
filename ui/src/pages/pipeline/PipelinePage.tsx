import { usePipeline } from "../../api/queries";
import type { Pipeline } from "../../api/types";
import { healthOf } from "../../frame/HealthDot";
import { Answer, Command } from "../../parts/Answer";
import { Sentence } from "../../parts/Sentence";
import { useNow } from "../../time/useTime";
import { Accounting } from "./Accounting";
import { Flow } from "./Flow";
import { Kept } from "./Kept";
import { Messages } from "./Messages";
import { Quarantine } from "./Quarantine";
import { useMessages } from "./useMessages";
import { useRates } from "./useRates";
import classes from "./Pipeline.module.css";

/** What became of everything that came in, and what was told. */
export function PipelinePage() {
  const pipeline = usePipeline();
  const messages = useMessages();
  const rates = useRates(pipeline.data, pipeline.dataUpdatedAt);
  return (
    <Answer query={pipeline}>
      {(data) => (
        <div className={classes.page}>
          <header>
            <HowItGoes pipeline={data} />
          </header>
          {data.reason !== "" || data.tellingProblem !== "" ? (
            <div className={classes.problem} role="alert">
              {data.reason !== "" ? <p className="event-text">{data.reason}</p> : null}
              {data.tellingProblem !== "" && data.tellingProblem !== data.reason ? <p className="event-text">{data.tellingProblem}</p> : null}
            </div>
          ) : null}
          <Flow pipeline={data} rates={rates} messages={messages.data?.items} />
          {data.total.received === 0 ? <FirstEvents /> : <Accounting pipeline={data} />}
          <Kept pipeline={data} />
          <Messages query={messages} untold={data.untold} />
          <Quarantine quarantined={data.total.quarantined - (data.retention?.dropped.quarantined ?? 0)} />
        </div>
      )}
    </Answer>
  );
}

function HowItGoes({ pipeline }: { pipeline: Pipeline }) {
  const { total } = pipeline;
  const health = healthOf(pipeline, null, useNow());
  const said = (count: number) => count.toLocaleString("en");
  if (total.received === 0) return <Sentence state={pipeline.ready ? "unknown" : "failing"}>{pipeline.ready ? "Ready, and no event has come in yet." : "Events that come in cannot be written."}</Sentence>;
  const isWhole = total.received === total.stored + total.duplicates + total.quarantined;
  return (
    <Sentence state={isWhole ? health.state : "failing"}>
      {pipeline.ready ? null : "Events that come in are not written. "}
      {isWhole ? "Everything is accounted for:" : "Something is not accounted for:"} {said(total.received)} {total.received === 1 ? "event" : "events"} received {isWhole ? "=" : "≠"} {said(total.stored)} stored +{" "}
      {said(total.duplicates)} known already + {said(total.quarantined)} that could not be read.
    </Sentence>
  );
}

function FirstEvents() {
  return (
    <section>
      <h2 className={classes.title}>Send the first</h2>
      <Command>crowsnest ingest events.ndjson</Command>
      <Command>{`curl -H 'Content-Type: application/x-ndjson' --data-binary @events.ndjson ${location.origin}/api/v1/events`}</Command>
    </section>
  );
}
