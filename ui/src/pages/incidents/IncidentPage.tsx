import { Link, useParams } from "@tanstack/react-router";
import type { IncidentDetail, IncidentItem } from "../../api/types";
import { ApiProblem } from "../../api/client";
import { lookOfKind } from "../../kinds";
import { Answer, Empty } from "../../parts/Answer";
import { EventText } from "../../parts/EventText";
import { KindIcon } from "../../parts/KindIcon";
import { EventsLink, TaskLink } from "../../parts/places";
import { Sentence } from "../../parts/Sentence";
import { StateMark } from "../../parts/StateMark";
import { TimeText } from "../../parts/TimeText";
import { plural } from "../../parts/words";
import { Actions } from "./Actions";
import { lookOf, useIncident } from "./incidents";
import { Steps } from "./Steps";
import { Where } from "./Where";
import classes from "./Incidents.module.css";

/** One incident: what it is, what to do, and all that became of it. Its address stays. */
export function IncidentPage() {
  const { incident: id = "" } = useParams({ strict: false });
  const incident = useIncident(id);
  if (incident.error instanceof ApiProblem && incident.error.status === 404)
    return (
      <Empty title="There is no such incident">
        <p>One that is over leaves after a while (retention.incidents in the configuration), and an address may be cut.</p>
        <p>
          <Link to="/incidents" search={{}}>
            All incidents
          </Link>
        </p>
      </Empty>
    );
  return <Answer query={incident}>{(detail) => <Whole detail={detail} />}</Answer>;
}

function Whole({ detail }: { detail: IncidentDetail }) {
  const { incident } = detail;
  const kind = incident.labels.kind ?? "";
  return (
    <div className={classes.page}>
      <header>
        <p className={classes.dim}>
          <Link to="/incidents" search={{}}>
            Incidents
          </Link>{" "}
          / <span className="mono">{incident.id}</span>
        </p>
        <Sentence state={lookOf(incident)}>
          {kind ? (
            <EventsLink values={eventsOf(incident)}>
              <KindIcon kind={kind} isLabelled={false} size={18} /> {lookOfKind(kind).words}
            </EventsLink>
          ) : (
            <bdi>{incident.labels.alertname}</bdi>
          )}{" "}
          in <Where labels={incident.labels} />: <EventText text={incident.summary} />
        </Sentence>
        {incident.nextStep && incident.resolvedAt === null ? (
          <p className={classes.next}>
            <b>Next step </b>
            <EventText text={incident.nextStep} />
          </p>
        ) : null}
      </header>
      <Actions incident={incident} />
      <Facts incident={incident} />
      {detail.evidence.length > 0 ? (
        <section aria-labelledby="evidence">
          <h2 id="evidence" className={classes.title}>
            Evidence
          </h2>
          <ul className={classes.evidence}>
            {detail.evidence.map((line) => (
              <li key={line}>
                <EventText text={line} />
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <section aria-labelledby="steps">
        <h2 id="steps" className={classes.title}>
          What became of it
        </h2>
        <Steps steps={detail.steps} />
      </section>
    </div>
  );
}

function Facts({ incident }: { incident: IncidentItem }) {
  const tasks = incident.resources;
  return (
    <dl className={classes.facts}>
      <dt>state</dt>
      <dd>
        <StateMark state={lookOf(incident)} words={incident.state} withWords />
        {incident.acknowledgedBy ? (
          <>
            , seen by <bdi>{incident.acknowledgedBy}</bdi>
          </>
        ) : null}
        {incident.assignee ? (
          <>
            , for <bdi>{incident.assignee}</bdi>
          </>
        ) : null}
      </dd>
      <dt>since</dt>
      <dd>
        <TimeText at={incident.firstAt} exact />, last <TimeText at={incident.lastAt} />
      </dd>
      {incident.resolvedAt !== null ? (
        <>
          <dt>resolved</dt>
          <dd>
            <TimeText at={incident.resolvedAt} exact />: <EventText text={incident.resolution} />
          </dd>
        </>
      ) : null}
      <dt>failures</dt>
      <dd>
        <EventsLink values={eventsOf(incident)}>{plural(incident.count, "failure")}</EventsLink>
        {tasks.length > 0 ? ": " : null}
        {tasks.map((task, index) => (
          <span key={task}>
            {index > 0 ? ", " : null}
            {task.startsWith("arn:") ? <span className="mono">{task}</span> : <TaskLink task={task} />}
          </span>
        ))}
        {incident.count > tasks.length ? ` and ${(incident.count - tasks.length).toLocaleString("en")} more` : null}
      </dd>
      <dt>told</dt>
      <dd>{incident.toldAt !== null ? <TimeText at={incident.toldAt} exact /> : incident.untold || incident.muted ? <EventText text={`not told: ${incident.untold || incident.muted}`} /> : "not yet: its group waits for more"}</dd>
      <dt>labels</dt>
      <dd className="mono">
        {Object.entries(incident.labels).map(([name, value]) => (
          <span key={name}>
            {name}=<bdi>{value}</bdi>{" "}
          </span>
        ))}
      </dd>
    </dl>
  );
}

const eventsOf = ({ labels }: IncidentItem): Record<string, string | undefined> => ({
  account: labels.account,
  region: labels.region,
  cluster: labels.cluster,
  service: labels.service,
  family: labels.service ? undefined : labels.family,
  instance: labels.instance,
  kind: labels.kind,
  outcome: "failure",
});
