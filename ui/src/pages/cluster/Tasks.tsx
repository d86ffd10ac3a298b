import { Button, UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useResources, type ClusterItem, type TaskItem } from "../../api/resources";
import { Icon } from "../../frame/icons";
import { Age } from "../../parts/Age";
import { Empty } from "../../parts/Answer";
import { clusterId, placeOf } from "../../parts/clusterId";
import { EventText, visible } from "../../parts/EventText";
import { KindIcon } from "../../parts/KindIcon";
import { EventsLink, InstanceLink, ServiceLink, TaskLink } from "../../parts/places";
import { ResourceList } from "../../parts/ResourceList";
import type { Column } from "../../parts/ResourceTable";
import { shorten } from "../../parts/ShortId";
import { StateMark } from "../../parts/StateMark";
import { plural } from "../../parts/words";
import { usePageTime } from "../../time/useTime";
import { StateCell } from "./StateCell";
import { standingOfTask } from "./states";
import { taskFilters, type ClusterView } from "./useCluster";
import { revisionOf } from "./words";
import classes from "./Cluster.module.css";

const statuses = ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING"];

/** The tasks of a cluster, or those that are over, the latest first; of a service, an instance or a deployment when that is asked for. */
export function Tasks({ cluster, view }: { cluster: ClusterItem; view: ClusterView }) {
  const { moment } = usePageTime();
  // What is over comes from the store, which is read whole for it.
  const sort = view.sort || (view.isStopped ? "-stoppedAt" : "");
  const tasks = useResources(
    "tasks",
    { ...placeOf(cluster), ...view.filters, ...(view.isStopped ? { stopped: "true", lastStatus: "STOPPED" } : {}), sort },
    { isHeavy: view.isStopped },
  );
  const columns: Column<TaskItem>[] = [
    { name: "state", width: "116px", sort: "lastStatus", cell: (task) => <Status task={task} /> },
    { name: "task", width: "96px", cell: (task) => <TaskLink task={task.taskId} /> },
    { name: "service", width: "minmax(110px, 1fr)", sort: "service", cell: (task) => <Owner task={task} /> },
    { name: view.isStopped ? "why it stopped" : "what it does", width: "minmax(150px, 3fr)", from: 700, cell: (task) => <What task={task} /> },
    { name: "definition", width: "minmax(110px, 1fr)", from: 940, cell: (task) => <EventText isLine text={revisionOf(task.taskDefinitionArn)} /> },
    { name: "on", width: "minmax(90px, 0.7fr)", from: 860, cell: (task) => <Host task={task} /> },
    view.isStopped
      ? { name: "stopped", width: "88px", sort: "stoppedAt", isDescending: true, cell: (task) => (task.stoppedAt ? <Age at={task.stoppedAt} /> : null) }
      : { name: "started", width: "88px", sort: "startedAt", isDescending: true, cell: (task) => (task.startedAt ? <Age at={task.startedAt} /> : <span className={classes.dim}>not yet</span>) },
  ];
  const isFiltered = Object.keys(view.filters).length > 0;
  return (
    <>
      <Filters view={view} />
      <ResourceList
        label="Tasks"
        query={tasks}
        columns={columns}
        keyOf={(task) => task.taskId}
        narrow={(task) => <NarrowTask task={task} />}
        sort={sort}
        onSort={view.setSort}
        placeKey={`tasks ${clusterId(cluster)} ${JSON.stringify(view.filters)} ${view.isStopped} ${sort} ${moment ?? ""}`}
        count={(count) => plural(count, "task")}
        empty={
          <Empty title={view.isStopped ? "No task that is over is stored" : isFiltered ? "No task is like that" : "No task runs"}>
            <p>
              {view.isStopped
                ? "Tasks that have stopped stay as long as what is stored of them."
                : isFiltered
                  ? "Take one of what is asked for away, or look at those that have stopped."
                  : "Its last tasks may have stopped, or none has been heard of yet."}
            </p>
            {view.isStopped ? null : (
              <Button size="xs" variant="default" onClick={() => view.setStopped(true)}>
                Tasks that have stopped
              </Button>
            )}
          </Empty>
        }
      />
    </>
  );
}

function Filters({ view }: { view: ClusterView }) {
  return (
    <div className={classes.filters}>
      <Button.Group>
        <Button size="compact-xs" variant={view.isStopped ? "default" : "filled"} aria-pressed={!view.isStopped} onClick={() => view.setStopped(false)}>
          running or on the way
        </Button>
        <Button size="compact-xs" variant={view.isStopped ? "filled" : "default"} aria-pressed={view.isStopped} onClick={() => view.setStopped(true)}>
          stopped, latest first
        </Button>
      </Button.Group>
      {view.isStopped ? null : (
        <select aria-label="Only tasks of this status" value={view.filters.lastStatus ?? ""} onChange={(event) => view.setFilter("lastStatus", event.currentTarget.value || undefined)}>
          <option value="">every status</option>
          {statuses.map((status) => (
            <option key={status} value={status}>
              {status.toLowerCase()}
            </option>
          ))}
        </select>
      )}
      {taskFilters.map((name) => {
        const value = view.filters[name];
        if (value === undefined || name === "lastStatus") return null;
        const words = `${name}: ${visible(value.length > 80 ? shorten(value, 60) : value)}`;
        return (
          <span key={name} className={classes.pill}>
            <bdi>{words}</bdi>
            <UnstyledButton p={5} aria-label={`Remove ${words}`} onClick={() => view.setFilter(name, undefined)}>
              <Icon name="close" size={14} />
            </UnstyledButton>
          </span>
        );
      })}
    </div>
  );
}

/** The status of a task leads to all that have it; of one that has stopped, to what was said of that. */
function Status({ task }: { task: TaskItem }) {
  const standing = standingOfTask(task);
  if (task.lastStatus === undefined || task.lastStatus === "STOPPED") return <StateCell standing={standing} values={{ task: task.taskId }} />;
  return (
    <Link to="." search={(now) => ({ ...now, lastStatus: task.lastStatus })} className={classes.event} data-aside title={visible(standing.why.slice(0, 400)) || undefined}>
      <StateMark state={standing.state} words={standing.word} withWords />
    </Link>
  );
}

const Owner = ({ task }: { task: TaskItem }) =>
  task.service ? <ServiceLink of={task} service={task.service} /> : <span className={classes.dim}>{task.family ? <EventText isLine text={task.family} /> : "none"}</span>;

function What({ task }: { task: TaskItem }) {
  const { why } = standingOfTask(task);
  if (task.kind)
    return (
      <>
        <EventsLink values={{ ...placeOf(task), kind: task.kind }} isAside>
          <KindIcon kind={task.kind} size={14} />
        </EventsLink>{" "}
        <TaskLink task={task.taskId}>
          <EventText isLine text={why} />
        </TaskLink>
      </>
    );
  if (why) return <EventText isLine text={why} />;
  return (
    <span className={classes.dim}>
      <EventText isLine text={task.containers.map((container) => container.name ?? "").join(", ")} />
    </span>
  );
}

const Host = ({ task }: { task: TaskItem }) =>
  task.instance ? <InstanceLink of={task} instance={task.instance} /> : <span className={classes.dim}>{(task.launchType ?? "").toLowerCase()}</span>;

function NarrowTask({ task }: { task: TaskItem }) {
  const standing = standingOfTask(task);
  const at = task.stoppedAt ?? task.startedAt ?? task.createdAt;
  return (
    <>
      <div>
        <StateMark state={standing.state} words={standing.word} />
        <TaskLink task={task.taskId} />
        <Owner task={task} />
        <span className={classes.end}>{at ? <Age at={at} /> : null}</span>
      </div>
      <div>
        <span>
          {standing.why ? null : `${standing.word}, `}
          <What task={task} />
        </span>
      </div>
    </>
  );
}
