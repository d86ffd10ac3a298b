import type { ReactNode } from "react";
import type { NotificationItem, Pipeline } from "../../api/types";
import { StateMark } from "../../parts/StateMark";
import { TimeText } from "../../parts/TimeText";
import type { State } from "../../state";
import { useNow } from "../../time/useTime";
import { receiversOf } from "./useMessages";
import { storedRate, wordsOfRate, type Rates } from "./useRates";
import classes from "./Pipeline.module.css";

/** Sources, the store, receivers, left to right: how much passes, and what waits. */
export function Flow({ pipeline, rates, messages }: { pipeline: Pipeline; rates: Rates; messages: readonly NotificationItem[] | undefined }) {
  const sources = Object.entries(pipeline.sources);
  const now = useNow();
  const receivers = messages ? receiversOf(messages) : [];
  return (
    <section aria-label="The way of an event" className={classes.flow}>
      <Stage title="Sources">
        {sources.length === 0 ? <p className={classes.dim}>Nothing has come in.</p> : null}
        {sources.map(([name, sum]) => (
          <div key={name} className={classes.node}>
            <b>
              <bdi>{name}</bdi>
            </b>
            <span>{wordsOfRate(rates?.get(name))}</span>
            <span className={classes.dim}>{sum.received.toLocaleString("en")} received</span>
          </div>
        ))}
      </Stage>
      <Arrow words={pipeline.queueDepth === 0 ? "nothing waits" : `${pipeline.queueDepth} ${pipeline.queueDepth === 1 ? "batch waits" : "batches wait"}`} state={pipeline.queueDepth >= 4 ? "warning" : undefined} />
      <Stage title="Store">
        <div className={classes.node} data-state={pipeline.ready ? undefined : "failing"}>
          <StateMark state={pipeline.ready ? "healthy" : "failing"} words={pipeline.ready ? "writes what comes in" : "does not write"} withWords />
          <span>{wordsOfRate(rates?.get(storedRate))}</span>
          <Fact name="newest event">{pipeline.newestEventAt ? <TimeText at={pipeline.newestEventAt} /> : "none since the start"}</Fact>
          <Fact name="on disk up to">
            <TimeText at={pipeline.watermark} />
          </Fact>
        </div>
      </Stage>
      <Arrow words={wordsOfDue(pipeline, now)} state={pipeline.tellingProblem === "" ? undefined : "failing"} />
      <Stage title="Receivers">
        {receivers.length === 0 ? <p className={classes.dim}>Nothing was told yet.</p> : null}
        {receivers.map((receiver) => (
          <div key={receiver.name} className={classes.node} data-state={receiver.failed > 0 ? "failing" : receiver.waiting > 0 ? "warning" : undefined}>
            <b>
              <bdi>{receiver.name}</bdi>
            </b>
            <span className={classes.dim}>{receiver.integrations.join(", ")}</span>
            <Fact name="last delivery">{receiver.deliveredAt ? <TimeText at={receiver.deliveredAt} /> : "none yet"}</Fact>
            <span>
              {receiver.waiting > 0 ? <StateMark state="warning" words={`${receiver.waiting} waiting`} withWords /> : null} {receiver.failed > 0 ? <StateMark state="failing" words={`${receiver.failed} failed`} withWords /> : null}
              {receiver.waiting + receiver.failed === 0 ? <StateMark state="healthy" words="all delivered" withWords /> : null}
            </span>
          </div>
        ))}
      </Stage>
    </section>
  );
}

// What is due at once has a due time in the past, or none.
function wordsOfDue({ nextTimerDue }: Pipeline, now: number): ReactNode {
  if (nextTimerDue === null) return "nothing to tell";
  return Date.parse(nextTimerDue) <= now ? "something is due" : <>next look <TimeText at={nextTimerDue} /></>;
}

function Stage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={classes.stage}>
      <h2 className={classes.title}>{title}</h2>
      {children}
    </div>
  );
}

function Arrow({ words, state }: { words: ReactNode; state: State | undefined }) {
  return (
    <div className={classes.arrow} data-state={state}>
      <svg viewBox="0 0 60 12" width="60" height="12" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.5">
        <path d="M1 6h56M52 1.5L57.5 6 52 10.5" />
      </svg>
      <span>{words}</span>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <span>
      <span className={classes.dim}>{name}</span> {children}
    </span>
  );
}
