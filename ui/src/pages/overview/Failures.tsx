import { useViewportSize } from "@mantine/hooks";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Status, StatusFailure } from "../../api/types";
import { useKeys } from "../../frame/keys";
import { lookOfKind } from "../../kinds";
import { EventText, visible } from "../../parts/EventText";
import { KindIcon } from "../../parts/KindIcon";
import { ClusterLink, EventsLink, ServiceLink } from "../../parts/places";
import { queryFor } from "../../parts/query";
import { Sparkline } from "../../parts/Sparkline";
import { StateMark } from "../../parts/StateMark";
import { TimeText } from "../../parts/TimeText";
import { namesOf, plural } from "../../parts/words";
import { states } from "../../state";
import { lookOfFailure, since, subjectOf } from "./words";
import classes from "./Overview.module.css";

const overAtLeast = 4;
const goesOnAtMost = 30;

/** The query that finds the events of a failure. */
const queryOfFailure = (one: StatusFailure): string =>
  queryFor({ outcome: "failure", account: one.account, region: one.region, cluster: one.cluster, service: one.service, family: one.service ? "" : one.family, kind: one.kind });

const idOf = (one: StatusFailure): string => [one.account, one.region, one.cluster, one.service || one.family, one.kind].join("|");

/** What failed, a row each: the worst first, what is over below and quieter. */
export function Failures({ status }: { status: Status }) {
  const [isAll, showAll] = useState(false);
  const [chosen, choose] = useState<string>();
  const navigate = useNavigate();
  const { width, height } = useViewportSize();
  // What goes on is always there; what is over fills the room that is left beside it (on a wall) or to a third of the page.
  const goesOn = status.failures.filter((one) => one.state === "failing" || one.state === "warning");
  const over = status.failures.filter((one) => one.state !== "failing" && one.state !== "warning");
  const fits = Math.floor(width >= 2400 ? (height - 300) / 29 : height / 3 / 29);
  const room = isAll ? over.length : Math.min(over.length, Math.max(overAtLeast, fits - goesOn.length * 2));
  const rows = [...(isAll ? goesOn : goesOn.slice(0, goesOnAtMost)), ...over.slice(0, room)];
  const hidden = status.failures.length - rows.length;
  const step = (by: number) => {
    const at = rows.findIndex((one) => idOf(one) === chosen);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by))];
    if (!next) return;
    choose(idOf(next));
    document.getElementById(`failure-${idOf(next)}`)?.focus();
  };
  useKeys({ j: () => step(1), k: () => step(-1) });
  if (status.failures.length === 0) return null;
  const nameOf = namesOf(status.clusters);
  return (
    <section aria-labelledby="failing-lately" className={classes.failures}>
      <h2 id="failing-lately" className={classes.title}>
        Failing lately
      </h2>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">state</th>
            <th scope="col">what happened</th>
            <th scope="col">where</th>
            <th scope="col">since</th>
            <th scope="col" className={classes.right}>
              events
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => {
            const look = lookOfFailure[one.state] ?? { state: "unknown" as const, word: one.state };
            const name = nameOf(one.account, one.region, one.cluster);
            const q = queryOfFailure(one);
            return (
              <tr
                key={idOf(one)}
                data-state={one.state}
                data-chosen={chosen === idOf(one) || undefined}
                onClick={(event) => {
                  if (!(event.target as Element).closest("a") && !getSelection()?.toString()) void navigate({ to: "/explore", search: (old) => ({ ...old, q }) });
                }}
              >
                <td className={classes.state}>
                  <StateMark state={look.state} words={look.word} withWords />
                </td>
                <td className={classes.what}>
                  <div className={classes.story}>
                    <KindIcon kind={one.kind} />
                    <div>
                      <Link id={`failure-${idOf(one)}`} to="/explore" search={{ q }} className={classes.plain} onFocus={() => choose(idOf(one))} title={visible(`${one.summary.slice(0, 1_000)}\n${one.nextStep}`)}>
                        <EventText isLine text={one.summary || lookOfKind(one.kind).words} />
                      </Link>
                      {(one.state === "failing" || one.state === "warning") && one.nextStep ? <p className={classes.next}>{one.nextStep}</p> : null}
                    </div>
                  </div>
                </td>
                <td className={classes.where}>
                  <b>
                    <Subject of={one} />
                  </b>{" "}
                  {one.service || one.family ? (
                    <span className={classes.dim}>
                      in {one.cluster ? <ClusterLink of={one}>{visible(name.name)}</ClusterLink> : "no cluster"} {name.more}
                    </span>
                  ) : (
                    <span className={classes.dim}>{name.more || one.region}</span>
                  )}
                  {one.incident && (one.state === "failing" || one.state === "warning") ? (
                    <p className={classes.next}>
                      {plural(one.incident.count, "time")} in{" "}
                      <Link to="/incidents/$incident" params={{ incident: one.incident.id }} search={{}}>
                        one incident
                      </Link>
                      , {one.incident.toldAt ? <>told <TimeText at={one.incident.toldAt} /></> : "not told"}
                    </p>
                  ) : null}
                </td>
                <td className={classes.since}>
                  <span title={one.since}>{since(one.since, status)}</span>{" "}
                  <span className={classes.dim}>
                    {one.state === "recovered" && one.recoveredAt ? (
                      <>
                        steady <TimeText at={one.recoveredAt} />
                      </>
                    ) : (
                      <>
                        last <TimeText at={one.lastAt} />
                      </>
                    )}
                  </span>
                </td>
                <td className={classes.count}>
                  <Sparkline counts={one.counts} colour={one.state === "earlier" || one.state === "recovered" ? "var(--state-routine)" : states[look.state].colour} />
                  <b>{one.count.toLocaleString("en")}</b>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {hidden + status.failuresLeftOut > 0 ? (
        <p className={classes.more}>
          {hidden > 0 ? (
            <button type="button" className={classes.link} onClick={() => showAll(true)}>
              {hidden.toLocaleString("en")} more
            </button>
          ) : null}{" "}
          {status.failuresLeftOut > 0 ? (
            <Link to="/explore" search={{ q: "outcome:failure" }}>
              {hidden > 0 ? "and " : ""}
              {status.failuresLeftOut.toLocaleString("en")} older in Explore
            </Link>
          ) : null}
        </p>
      ) : null}
    </section>
  );
}

/** A service opens its tasks, a cluster its page; what is neither's, its events. */
function Subject({ of: one }: { of: StatusFailure }) {
  const name = <EventText isLine text={subjectOf(one)} />;
  if (one.service && one.cluster) return <ServiceLink of={one} service={one.service} />;
  if (!one.family && one.cluster) return <ClusterLink of={one}>{name}</ClusterLink>;
  return <EventsLink values={{ account: one.account, region: one.region, cluster: one.cluster, family: one.family }}>{name}</EventsLink>;
}
