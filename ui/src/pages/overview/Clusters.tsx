import { Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Status, StatusCluster, StatusFailure, StatusService } from "../../api/types";
import { lookOfKind } from "../../kinds";
import { EventText } from "../../parts/EventText";
import { ClusterLink } from "../../parts/places";
import { queryFor } from "../../parts/query";
import { Sparkline } from "../../parts/Sparkline";
import { StateMark } from "../../parts/StateMark";
import { TimeText } from "../../parts/TimeText";
import { namesOf, plural } from "../../parts/words";
import { states, type State } from "../../state";
import { perMinute } from "./words";
import classes from "./Overview.module.css";

/** What stands in a tile: a service, or something that fails and is none's. */
interface Part {
  name: string;
  state: State;
  why: string;
  events: number;
  failures: number;
  lastAt: string;
  q: string;
}

const order: readonly State[] = ["failing", "warning", "progress", "unknown", "healthy", "routine"];

/** The worst state of any. */
const worst = (parts: readonly Part[]): State => order.find((state) => parts.some((part) => part.state === state)) ?? "unknown";

/** The services of a cluster; before them jobs and instances that fail, which nothing is heard of while they are well. */
function partsOf(cluster: StatusCluster, failures: readonly StatusFailure[]): Part[] {
  const of = { account: cluster.account, region: cluster.region, cluster: cluster.name };
  const others = failures
    .filter((one) => one.service === "" && (one.state === "failing" || one.state === "warning") && one.account === cluster.account && one.region === cluster.region && one.cluster === cluster.name)
    .map((one) => ({
      name: one.family || lookOfKind(one.kind).words,
      state: one.state as State,
      why: one.summary,
      events: one.count,
      failures: one.count,
      lastAt: one.lastAt,
      q: queryFor({ ...of, ...(one.family ? { family: one.family } : { outcome: "failure", kind: one.kind }) }),
    }));
  const byName = new Map(others.reverse().map((part) => [part.name, part]));
  return [...byName.values(), ...cluster.services.map((service) => partOf(service, queryFor({ ...of, service: service.name })))];
}

const partOf = (service: StatusService, q: string): Part => ({
  name: service.name,
  state: service.state in states ? (service.state as State) : "unknown",
  why: service.why,
  events: service.events,
  failures: service.failureEvents,
  lastAt: service.lastAt,
  q,
});

/** A tile each for every cluster that was heard of; what is broken comes first. */
export function Clusters({ status }: { status: Status }) {
  const nameOf = namesOf(status.clusters);
  const parts = status.clusters.map((cluster) => partsOf(cluster, status.failures));
  const minutes = (Date.parse(status.to) - Date.parse(status.latelyFrom)) / 60_000;
  return (
    <section aria-labelledby="clusters">
      <h2 id="clusters" className={classes.title}>
        Clusters <span className={classes.legend}>{legendOf(parts.flat())}</span>
      </h2>
      <ul className={classes.tiles}>
        {status.clusters.map((cluster, at) => (
          <Tile key={`${cluster.account}:${cluster.region}:${cluster.name}`} cluster={cluster} parts={parts[at] ?? []} more={nameOf(cluster.account, cluster.region, cluster.name).more} minutes={minutes} />
        ))}
      </ul>
    </section>
  );
}

function legendOf(all: readonly Part[]) {
  return order.map((state) => {
    const count = all.filter((part) => part.state === state).length;
    return count === 0 ? null : (
      <span key={state}>
        <StateMark state={state} words={`${count} ${states[state].word}`} withWords />
      </span>
    );
  });
}

function Tile({ cluster, parts, more, minutes }: { cluster: StatusCluster; parts: readonly Part[]; more: string; minutes: number }) {
  const of = { account: cluster.account, region: cluster.region, cluster: cluster.name };
  return (
    <li className={classes.tile} data-state={worst(parts)}>
      <div className={classes.tileHead}>
        <b>
          <ClusterLink of={of} />
        </b>
        <span className={classes.dim}>{more || cluster.region}</span>
        <Sparkline counts={cluster.counts} colour="var(--series-routine)" width={72} height={16} />
      </div>
      <ul className={classes.cells} aria-label={`Services of ${cluster.name}`}>
        {parts.map((part) => (
          <Cell key={part.q} part={part} />
        ))}
        {parts.length === 0 ? <li className={classes.dim}>no service was heard of</li> : null}
      </ul>
      <p className={classes.tileFoot}>
        <span>
          <b>{perMinute(cluster.eventsLately, minutes)}</b> events a minute
        </span>
        <span data-failing={cluster.failureEventsLately > 0 || undefined}>
          <Link to="/explore" search={{ q: queryFor({ outcome: "failure", ...of }) }} className={classes.plain}>
            <b>{cluster.failureEventsLately.toLocaleString("en")}</b> {cluster.failureEventsLately === 1 ? "failure" : "failures"} of {cluster.eventsLately.toLocaleString("en")}
          </Link>
        </span>
        <span className={classes.dim}>
          heard <TimeText at={cluster.lastAt} />
        </span>
      </p>
    </li>
  );
}

function Cell({ part }: { part: Part }) {
  const { name, state, why, events, failures, lastAt, q } = part;
  return (
    <li>
      <Tooltip
        multiline
        maw={320}
        label={
          <>
            <bdi>
              <b>{name.slice(0, 200)}</b>
            </bdi>{" "}
            · {states[state].word}
            <br />
            <EventText isLine text={why.slice(0, 300)} />
            <br />
            {plural(failures, "failure event")} of {events.toLocaleString("en")}, heard <TimeText at={lastAt} />
          </>
        }
      >
        <Link to="/explore" search={{ q }} className={classes.cell} data-state={state} aria-label={`${name}: ${states[state].word}`}>
          {state === "healthy" ? null : <StateMark state={state} />}
          {state === "failing" || state === "warning" || state === "progress" ? <bdi>{name}</bdi> : null}
        </Link>
      </Tooltip>
    </li>
  );
}
