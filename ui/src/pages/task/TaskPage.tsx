import { ActionIcon, Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ApiProblem } from "../../api/client";
import { useTask, type TaskRecord } from "../../api/resources";
import type { EventItem } from "../../api/types";
import { Icon } from "../../frame/icons";
import { useKeys } from "../../frame/keys";
import { Answer, Command, Empty } from "../../parts/Answer";
import { EventJson } from "../../parts/EventJson";
import { EventText, visible } from "../../parts/EventText";
import { ClusterLink, DeploymentLink, EventsLink, InstanceLink, ServiceLink } from "../../parts/places";
import { queryFor } from "../../parts/query";
import { Sentence } from "../../parts/Sentence";
import { ShortId, shorten } from "../../parts/ShortId";
import { Tags } from "../../parts/Tags";
import { TimeText } from "../../parts/TimeText";
import { useNow } from "../../time/useTime";
import { revisionOf } from "../cluster/words";
import { overridesOf } from "./containers";
import { Diagnosis } from "./Diagnosis";
import { EventLines } from "./EventLines";
import { Logs } from "./Logs";
import { Part } from "./Part";
import { Recorder } from "./Recorder";
import { Siblings } from "./Siblings";
import { consoleAddress } from "./words";
import classes from "./Task.module.css";

/** The flight recorder: all that is known of one task, by a link that stays, long after ECS has forgotten it. */
export function TaskPage() {
  const { task: id = "" } = useParams({ strict: false });
  const record = useTask(id);
  if (record.error instanceof ApiProblem && (record.error.status === 404 || record.error.status === 410)) return <NotKnown id={id} problem={record.error} />;
  return <Answer query={record}>{(data) => <Task record={data} />}</Answer>;
}

function Task({ record }: { record: TaskRecord }) {
  const { task } = record;
  const now = useNow();
  const navigate = useNavigate();
  const { open } = useSearch({ strict: false });
  const opened = [...record.events, ...record.serviceEvents].find((event) => event.key === open);
  const close = () => void navigate({ to: ".", search: (old) => ({ ...old, open: undefined }), replace: true, resetScroll: false });
  useKeys({ Escape: () => open && close() });
  return (
    <article className={classes.page}>
      <p className={classes.where}>
        <Link to="/clusters" search={{}}>
          Clusters
        </Link>{" "}
        / <ClusterLink of={task} /> / {task.service ? <ServiceLink of={task} service={task.service} /> : <EventText isLine text={task.family ?? "no service"} />} / task <ShortId id={task.taskId} length={13} />
      </p>
      <Diagnosis record={record} now={now} />
      <Facts record={record} />
      <Recorder record={record} now={now} open={open} />
      {opened ? <Opened event={opened} onClose={close} /> : null}
      {record.cut ? (
        <p className={classes.dim} role="note">
          Not all of it: <EventText isLine text={record.cut} />
        </p>
      ) : null}
      <div className={classes.columns}>
        <div>
          <Part title="Its events" count={record.events.length}>
            <EventLines events={record.events} open={open} empty="No event of it is stored any more; what is shown was kept of its last state." />
          </Part>
          <Logs record={record} />
          <Siblings record={record} />
        </div>
        <div>
          <Part title="What its service said around it" count={record.serviceEvents.length}>
            <EventLines events={record.serviceEvents} open={open} empty={task.service ? "Nothing, from five minutes before it to five minutes after." : "No service started it."} />
          </Part>
          {record.tags.length > 0 ? (
            <Part title="Tags">
              <Tags tags={record.tags} />
            </Part>
          ) : null}
          <Part title="Overrides">
            <Overrides events={record.events} />
          </Part>
          <Part title="Links">
            <Links record={record} />
          </Part>
        </div>
      </div>
    </article>
  );
}

/** What one has to know of a task to find it elsewhere. */
function Facts({ record: { task } }: { record: TaskRecord }) {
  const facts: [string, ReactNode][] = [
    ["definition", task.taskDefinitionArn ? <EventsLink values={{ family: task.family, cluster: task.cluster }}><EventText isLine text={revisionOf(task.taskDefinitionArn)} /></EventsLink> : null],
    ["deployment", task.deployment ? <DeploymentLink of={task} deployment={task.deployment} /> : task.startedBy ? <EventText isLine text={task.startedBy} /> : null],
    ["on", task.instance ? <InstanceLink of={task} instance={task.instance} /> : task.launchType ? <EventText isLine text={task.launchType.toLowerCase()} /> : null],
    ["provider", task.capacityProviderName ? <EventText isLine text={task.capacityProviderName} /> : null],
    ["zone", task.availabilityZone ? <EventText isLine text={task.availabilityZone} /> : null],
    ["size", task.cpu || task.memory ? <EventText isLine text={[task.cpu && `${task.cpu} CPU units`, task.memory && `${task.memory} MiB`].filter(Boolean).join(", ")} /> : null],
    ["address", task.network?.privateIPv4Address ? <EventText isLine text={task.network.privateIPv4Address} /> : null],
    ["stop code", task.stopCode ? <EventsLink values={{ stopCode: task.stopCode }}><EventText isLine text={task.stopCode} /></EventsLink> : null],
    [task.stoppedAt ? "stopped" : "created", task.stoppedAt ? <TimeText at={task.stoppedAt} exact /> : task.createdAt ? <TimeText at={task.createdAt} exact /> : null],
  ];
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) =>
        value === null ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function Opened({ event, onClose }: { event: EventItem; onClose: () => void }) {
  return (
    <section className={classes.opened} aria-label="The event">
      <h2>
        <EventText text={event.summary || event.detailType || "An event without a detail-type"} />
      </h2>
      <p className={classes.dim}>
        <TimeText at={event.occurredAt} exact /> · <EventText isLine text={event.detailType ?? ""} /> ·{" "}
        <Link to="/explore" search={{ q: queryFor({ task: event.task, service: event.task ? "" : event.service }), open: event.key, last: "all" }}>
          in Explore
        </Link>
      </p>
      <EventJson event={event} />
      <ActionIcon className={classes.close} variant="subtle" color="gray" aria-label="Close the event" title="Close (Esc)" onClick={onClose}>
        <Icon name="close" />
      </ActionIcon>
    </section>
  );
}

function Overrides({ events }: { events: readonly EventItem[] }) {
  const overrides = overridesOf(events);
  if (overrides === undefined) return <p className={classes.dim}>It was started as its definition says.</p>;
  return (
    <>
      <pre className="mono" tabIndex={0} aria-label="What is overridden">
        <bdi>{visible(JSON.stringify(overrides, null, 2).slice(0, 20_000))}</bdi>
      </pre>
      <p className={classes.dim}>What looks like a secret was masked when the events came in, and is kept nowhere.</p>
    </>
  );
}

function Links({ record: { task } }: { record: TaskRecord }) {
  const clipboard = useClipboard({ timeout: 1_500 });
  const address = `${location.origin}/tasks/${encodeURIComponent(task.taskId)}`;
  const console = consoleAddress(task);
  return (
    <ul className={classes.links}>
      <li>
        <Button size="compact-xs" variant="default" onClick={() => clipboard.copy(address)}>
          {clipboard.copied ? "copied" : "copy"}
        </Button>{" "}
        <code className="event-text">{address}</code> <span className={classes.dim}>stays as long as its events are stored</span>
      </li>
      <li>
        <Link to="/explore" search={{ q: queryFor({ task: task.taskId }), last: "all" }}>
          Its events in Explore
        </Link>
      </li>
      {console ? (
        <li>
          <a href={console} target="_blank" rel="noreferrer">
            AWS console
          </a>
          ,{" "}
          <a href={`${console}/logs`} target="_blank" rel="noreferrer">
            its logs there
          </a>{" "}
          <span className={classes.dim}>while ECS remembers it, about an hour after its stop</span>
        </li>
      ) : null}
    </ul>
  );
}

function NotKnown({ id, problem }: { id: string; problem: ApiProblem }) {
  return (
    <>
      <Sentence state="unknown">
        Task <bdi className="event-text">{visible(shorten(id, 40))}</bdi> is not known.
      </Sentence>
      <Empty title="Nothing of it is stored">
        <p className="event-text">{problem.message}</p>
        <p>
          <Link to="/explore" search={{ q: queryFor({ task: id }), last: "all" }}>
            Search all events for it
          </Link>
          , or read what ECS still knows of it:
        </p>
        <Command>{`aws ecs describe-tasks --cluster CLUSTER --tasks ${/^[\w:/-]+$/.test(id) ? id : "TASK"}`}</Command>
      </Empty>
    </>
  );
}
