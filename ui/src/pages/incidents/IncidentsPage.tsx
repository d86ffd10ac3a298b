import { Link, useSearch } from "@tanstack/react-router";
import { useRef } from "react";
import type { IncidentItem } from "../../api/types";
import { useKeys } from "../../frame/keys";
import { lookOfKind } from "../../kinds";
import { Answer, Empty } from "../../parts/Answer";
import { EventText } from "../../parts/EventText";
import { KindIcon } from "../../parts/KindIcon";
import { Sentence } from "../../parts/Sentence";
import { StateMark } from "../../parts/StateMark";
import { TimeText } from "../../parts/TimeText";
import { plural } from "../../parts/words";
import { listOf, lists, lookOf, most, useIncidents, type ListState } from "./incidents";
import { Where } from "./Where";
import classes from "./Incidents.module.css";

const empties: Record<ListState, { title: string; words: string }> = {
  open: { title: "Nothing is open", words: "When something fails that a rule tells of, it is here until it is over." },
  resolved: { title: "Nothing was resolved yet", words: "An incident is resolved when something newer than its last failure shows that all is well, or when somebody says so." },
  expired: { title: "Nothing has expired", words: "An incident of which nothing more is heard for an hour expires; nobody is told of that." },
  "": { title: "There was no incident yet", words: "Failures become incidents by rules; 'crowsnest rules check' checks yours." },
};

/** Incidents by their state, the latest first. */
export function IncidentsPage() {
  const { list } = useSearch({ strict: false });
  const state = listOf(list);
  const incidents = useIncidents(state);
  const rows = useRef<HTMLUListElement>(null);
  const go = (by: 1 | -1) => {
    const links = [...(rows.current?.querySelectorAll<HTMLElement>("a[data-row]") ?? [])];
    links[Math.max(0, Math.min(links.length - 1, links.indexOf(document.activeElement as HTMLElement) + by))]?.focus();
  };
  useKeys({ j: () => go(1), k: () => go(-1) });
  return (
    <div className={classes.page}>
      <Answer query={incidents}>
        {({ items, next }) => (
          <>
            <HowMany state={state} items={items} />
            <nav className={classes.tabs} aria-label="Which incidents">
              {lists.map((one) => (
                <Link key={one.state} to="/incidents" search={{ list: one.state === "" ? "all" : one.state === "open" ? undefined : one.state }} className={classes.tab} data-active={one.state === state || undefined} aria-current={one.state === state ? "page" : undefined}>
                  {one.words}
                </Link>
              ))}
            </nav>
            {items.length === 0 ? (
              <Empty title={empties[state].title}>
                <p>{empties[state].words}</p>
              </Empty>
            ) : (
              <ul className={classes.list} ref={rows} aria-label="Incidents">
                {items.map((incident) => (
                  <Row key={incident.id} incident={incident} />
                ))}
              </ul>
            )}
            {next !== null ? <p className={classes.dim}>The latest {most.toLocaleString("en")} are shown; there are older ones.</p> : null}
          </>
        )}
      </Answer>
    </div>
  );
}

function HowMany({ state, items }: { state: ListState; items: readonly IncidentItem[] }) {
  if (state !== "open") return <Sentence>{lists.find((list) => list.state === state)?.words} incidents</Sentence>;
  const unseen = items.filter((incident) => incident.state === "firing").length;
  if (items.length === 0) return <Sentence state="healthy">No incident is open.</Sentence>;
  return (
    <Sentence state={unseen > 0 ? "failing" : "progress"}>
      {plural(items.length, "incident")} {items.length === 1 ? "is" : "are"} open, {seenOf(items.length, unseen)}.
    </Sentence>
  );
}

function seenOf(open: number, unseen: number): string {
  if (unseen === 0) return open === 1 ? "and somebody has seen it" : "and somebody has seen each of them";
  if (unseen === open) return open === 1 ? "and nobody has acknowledged it" : "and nobody has acknowledged any of them";
  return `${unseen.toLocaleString("en")} of which nobody has acknowledged`;
}

function Row({ incident }: { incident: IncidentItem }) {
  const kind = incident.labels.kind ?? "";
  return (
    <li className={classes.row}>
      <span>
        <StateMark state={lookOf(incident)} words={incident.state} withWords />
      </span>
      <div className={classes.what}>
        <Link to="/incidents/$incident" params={{ incident: incident.id }} data-row>
          {kind ? (
            <>
              <KindIcon kind={kind} isLabelled={false} /> {lookOfKind(kind).words}
            </>
          ) : (
            <bdi>{incident.labels.alertname}</bdi>
          )}
        </Link>{" "}
        in <Where labels={incident.labels} />
        <div>
          <EventText text={incident.summary} />
        </div>
        {incident.resolution ? (
          <div className={classes.dim}>
            <EventText text={incident.resolution} />
          </div>
        ) : null}
      </div>
      <div className={classes.aside}>
        <div>
          since <TimeText at={incident.firstAt} />
        </div>
        <div className={classes.dim}>
          {plural(incident.count, "failure")}, last <TimeText at={incident.lastAt} />
        </div>
        {incident.acknowledgedBy || incident.assignee ? (
          <div className={classes.dim}>
            <bdi>{incident.assignee ? `for ${incident.assignee}` : `seen by ${incident.acknowledgedBy}`}</bdi>
          </div>
        ) : null}
      </div>
    </li>
  );
}
