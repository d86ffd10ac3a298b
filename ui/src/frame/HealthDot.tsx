import { Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useNewestEvent, usePipeline } from "../api/queries";
import type { Pipeline } from "../api/types";
import { StateMark } from "../parts/StateMark";
import type { State } from "../state";
import { wordsOfSeconds } from "../time/time";
import { useNow } from "../time/useTime";
import classes from "./HealthDot.module.css";

/** After so long without a newer event the stream counts as silent. */
export const silentSeconds = 15 * 60;
/** So many batches that wait are a backlog. */
const backlog = 4;

export interface Health {
  state: State;
  /** A word or a number beside the dot. */
  short: string;
  /** The whole of it, in words. */
  words: string;
}

/** How the stream is, also by the newest event that was stored before the server started: red when events cannot be written or nobody is told, amber when behind or silent. */
export function healthOf(pipeline: Pipeline | undefined, failure: Error | null, now: number, newestStored?: string): Health {
  if (failure) return { state: "unknown", short: "no answer", words: failure.message };
  if (!pipeline) return { state: "unknown", short: "…", words: "Asking the server how the stream is." };
  if (!pipeline.ready) return { state: "failing", short: "not ready", words: pipeline.reason };
  if (pipeline.tellingProblem !== "") return { state: "failing", short: "not telling", words: pipeline.tellingProblem };
  if (pipeline.queueDepth >= backlog) return { state: "warning", short: "behind", words: `${pipeline.queueDepth} batches wait to be written.` };
  const newest = pipeline.newestEventAt ?? newestStored;
  if (newest === undefined) return { state: "unknown", short: "no events", words: "No event has come in yet." };
  const lag = Math.max(0, (now - Date.parse(newest)) / 1000);
  if (lag > silentSeconds) return { state: "warning", short: wordsOfSeconds(lag), words: `Silent: the newest event is ${wordsOfSeconds(lag)} old.` };
  return { state: "healthy", short: wordsOfSeconds(lag), words: `The newest event is ${wordsOfSeconds(lag)} old; everything that came in is written.` };
}

/** The stream's health, beside the time; opens Pipeline. */
export function HealthDot() {
  const pipeline = usePipeline();
  const newest = useNewestEvent(pipeline.data?.newestEventAt === null);
  const health = healthOf(pipeline.data, pipeline.error, useNow(), newest.data?.items[0]?.occurredAt);
  return (
    <Tooltip label={health.words} multiline maw={320} position="bottom-end">
      <Link to="/pipeline" search={{}} className={classes.dot} aria-label={`Stream: ${health.words} Open Pipeline.`}>
        <StateMark state={health.state} words={health.words} />
        <span className="numbers">{health.short}</span>
      </Link>
    </Tooltip>
  );
}
