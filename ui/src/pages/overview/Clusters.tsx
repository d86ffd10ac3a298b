import { Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Status, StatusCluster, StatusService } from "../../api/types";
import { queryOf } from "../../parts/query";
import { StateMark } from "../../parts/StateMark";
import { TimeText } from "../../parts/TimeText";
import { states, type State } from "../../state";
import { Sparkline } from "./Sparkline";
import { namesOf, perMinute, plural } from "./words";
import classes from "./Overview.module.css";

const stateOf = (service: StatusService): State => (service.state in states ? (service.state as State) : "unknown");
const order: readonly State[] = ["failing", "warning", "progress", "unknown", "healthy", "routine"];

/** The worst state of any. */
function worst(services: readonly StatusService[]): State {
  return order.find((state) => services.some((service) => stateOf(service) === state)) ?? "unknown";
}

/** A tile each for every cluster that was heard of; what is broken comes first. */
export function Clusters({ status }: { status: Status }) {
  const nameOf = namesOf(status.clusters);
  const minutes = (Date.parse(status.to) - Date.parse(status.latelyFrom)) / 60_000;
  return (
    <section aria-labelledby="clusters">
      <h2 id="clusters" className={classes.title}>
        Clusters <span className={classes.legend}>{legendOf(status.clusters)}</span>
      </h2>
      <ul className={classes.tiles}>
        {status.clusters.map((cluster) => (
          <Tile key={`${cluster.account}:${cluster.region}:${cluster.name}`} cluster={cluster} more={nameOf(cluster.account, cluster.region, cluster.name).more} minutes={minutes} />
        ))}
      </ul>
    </section>
  );
}

function legendOf(clusters: readonly StatusCluster[]) {
  const all = clusters.flatMap((cluster) => cluster.services);
  return order.map((state) => {
    const count = all.filter((service) => stateOf(service) === state).length;
    return count === 0 ? null : (
      <span key={state}>
        <StateMark state={state} words={`${count} ${states[state].word}`} withWords />
      </span>
    );
  });
}

function Tile({ cluster, more, minutes }: { cluster: StatusCluster; more: string; minutes: number }) {
  const of = { account: cluster.account, region: cluster.region, cluster: cluster.name };
  const full = `${cluster.account}:${cluster.region}:${cluster.name}`;
  return (
    <li className={classes.tile} data-state={worst(cluster.services)}>
      <div className={classes.tileHead}>
        <Link to="/explore" search={{ q: queryOf(of) }} className={classes.plain} title={full}>
          <bdi>
            <b>{cluster.name}</b>
          </bdi>
        </Link>
        <span className={classes.dim}>{more || cluster.region}</span>
        <Sparkline counts={cluster.counts} colour="var(--series-routine)" width={72} height={16} />
      </div>
      <ul className={classes.cells} aria-label={`Services of ${cluster.name}`}>
        {cluster.services.map((service) => (
          <Cell key={service.name} service={service} q={queryOf({ ...of, service: service.name })} />
        ))}
        {cluster.services.length === 0 ? <li className={classes.dim}>no service was heard of</li> : null}
      </ul>
      <p className={classes.tileFoot}>
        <span>
          <b>{perMinute(cluster.eventsLately, minutes)}</b> events a minute
        </span>
        <span data-failing={cluster.failureEventsLately > 0 || undefined}>
          <Link to="/explore" search={{ q: queryOf({ outcome: "failure", ...of }) }} className={classes.plain}>
            <b>{cluster.failureEventsLately.toLocaleString("en")}</b> of {cluster.eventsLately.toLocaleString("en")} failures
          </Link>
        </span>
        <span className={classes.dim}>
          heard <TimeText at={cluster.lastAt} />
        </span>
      </p>
    </li>
  );
}

function Cell({ service, q }: { service: StatusService; q: string }) {
  const state = stateOf(service);
  return (
    <li>
      <Tooltip
        multiline
        maw={320}
        label={
          <>
            <bdi>
              <b>{service.name}</b>
            </bdi>{" "}
            · {states[state].word}
            <br />
            <bdi>{service.why.slice(0, 300)}</bdi>
            <br />
            {plural(service.failureEvents, "failure event")} of {service.events.toLocaleString("en")}, heard <TimeText at={service.lastAt} />
          </>
        }
      >
        <Link to="/explore" search={{ q }} className={classes.cell} data-state={state} aria-label={`${service.name}: ${states[state].word}`}>
          {state === "healthy" ? null : <StateMark state={state} />}
          {state === "failing" || state === "warning" || state === "progress" ? <bdi>{service.name}</bdi> : null}
        </Link>
      </Tooltip>
    </li>
  );
}
