import type { ReactNode } from "react";
import { Link } from "@tanstack/react-router";
import type { Pipeline, Status } from "../../api/types";
import { healthOf, silentSeconds } from "../../frame/HealthDot";
import { Sentence } from "../../parts/Sentence";
import { StateMark } from "../../parts/StateMark";
import { plural } from "../../parts/words";
import { labelOf, wordsOfSeconds } from "../../time/time";
import { useNow, usePageTime } from "../../time/useTime";
import { calmWords, perMinute, since } from "./words";
import classes from "./Overview.module.css";

/** The sentence, and one line of numbers with their denominators under it. */
export function HowThingsStand({ status, pipeline, failure }: { status: Status; pipeline: Pipeline | undefined; failure: Error | null }) {
  const { time, isLive } = usePageTime();
  const now = useNow();
  const stream = healthOf(pipeline, failure, now);
  const services = status.clusters.reduce((sum, cluster) => sum + cluster.services.length, 0);
  const isBroken = status.servicesFailing > 0;
  const isWarned = !isBroken && status.failures.some((one) => one.state === "warning");
  const lag = lagOf(pipeline, now);
  const isOld = isLive && !isBroken && lag !== null && lag > silentSeconds;
  const minutes = (Date.parse(status.to) - Date.parse(status.latelyFrom)) / 60_000;
  return (
    <header>
      <Sentence state={isBroken ? "failing" : isWarned || isOld ? "warning" : "healthy"}>
        {isBroken ? (
          <>
            <b className={classes.broken}>
              {plural(status.servicesFailing, "service")} failing in {plural(status.clustersFailing, "cluster")}
            </b>
            {status.failingSince ? ` since ${since(status.failingSince, status)}` : ""}.
          </>
        ) : (
          <>{calmWords(`${plural(services, "service")} in ${plural(status.clusters.length, "cluster")}`, status.failureEventsLately, isWarned, isOld ? lag : null)}</>
        )}{" "}
        {status.rolledBackLately > 0 ? `${status.rolledBackLately === 1 ? "One deployment" : plural(status.rolledBackLately, "deployment")} rolled back. ` : ""}
        {isLive ? streamWords(pipeline, failure, isOld ? null : lag) : null}
      </Sentence>
      <dl className={classes.numbers}>
        <Number name={isLive ? "events in the last hour" : "events in its last hour"}>
          <b>{status.eventsLately.toLocaleString("en")}</b> · {perMinute(status.eventsLately, minutes)} a minute
        </Number>
        <Number name="of these say that something failed">
          <b>{status.failureEventsLately.toLocaleString("en")}</b> of {status.eventsLately.toLocaleString("en")}
        </Number>
        <Number name={time.mode === "live" ? labelOf(time) : "in the time shown"}>
          <b>{status.failureEvents.toLocaleString("en")}</b> of {plural(status.events, "event")} say so
        </Number>
        <Number name="heard of">
          <b>{plural(services, "service")}</b> in {plural(status.clusters.length, "cluster")}
        </Number>
        {isLive && stream.state !== "healthy" ? (
          <Number name="stream">
            <Link to="/pipeline" search={{}} className={classes.plain} title={stream.words}>
              <StateMark state={stream.state} words={stream.short} withWords />
            </Link>
          </Number>
        ) : null}
      </dl>
    </header>
  );
}

function Number({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function lagOf(pipeline: Pipeline | undefined, now: number): number | null {
  return pipeline?.newestEventAt ? Math.max(0, (now - Date.parse(pipeline.newestEventAt)) / 1000) : null;
}

function streamWords(pipeline: Pipeline | undefined, failure: Error | null, lag: number | null): string | null {
  if (failure) return "Nothing newer is known: the server does not answer.";
  if (!pipeline) return null;
  if (!pipeline.ready) return "Events that come in are not written.";
  if (pipeline.tellingProblem !== "") return "Nobody is told for now.";
  if (pipeline.newestEventAt === null) return "No event has come in since the server started.";
  return lag === null ? null : `The stream is ${wordsOfSeconds(lag)} behind.`;
}
