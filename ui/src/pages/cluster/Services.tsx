import { useResources, useStatus, type ClusterItem, type ServiceItem } from "../../api/resources";
import { Age, ageWords } from "../../parts/Age";
import { Empty } from "../../parts/Answer";
import { clusterId, placeOf } from "../../parts/clusterId";
import { EventText, visible } from "../../parts/EventText";
import { KindIcon } from "../../parts/KindIcon";
import { ServiceLink, TaskLink } from "../../parts/places";
import { ResourceList } from "../../parts/ResourceList";
import type { Column } from "../../parts/ResourceTable";
import { StateMark } from "../../parts/StateMark";
import { plural } from "../../parts/words";
import { useNow, usePageTime } from "../../time/useTime";
import { StateCell } from "./StateCell";
import { byState, newestOf, standingOfDeployment, standingOfService, toldOf, type Standing } from "./states";
import type { ClusterView } from "./useCluster";
import { revisionOf, sourceOf } from "./words";
import classes from "./Cluster.module.css";

/** All of a cluster's services are asked for at once: which fail is known only when all are there. */
const limit = 1_000;

/** The services of a cluster, those that fail first: how many tasks run of how many should, what is deployed, why tasks are pending, what failed last. */
export function Services({ cluster, view }: { cluster: ClusterItem; view: ClusterView }) {
  const { moment } = usePageTime();
  const services = useResources("services", { ...placeOf(cluster), sort: view.sort }, { limit });
  const status = useStatus();
  const told = new Map((toldOf(cluster, status.data)?.services ?? []).map((service) => [service.name, service]));
  const standingOf = (service: ServiceItem): Standing => standingOfService(service, told.get(service.serviceName));

  const columns: Column<ServiceItem>[] = [
    { name: "state", width: "104px", cell: (service) => <StateCell standing={standingOf(service)} values={{ ...placeOf(service), service: service.serviceName }} /> },
    {
      name: "service",
      width: "minmax(130px, 1.2fr)",
      sort: "name",
      cell: (service) => (
        <b>
          <ServiceLink of={service} service={service.serviceName} />
        </b>
      ),
    },
    { name: "running / desired", width: "116px", sort: "runningCount", isDescending: true, isNumber: true, cell: (service) => <Counts service={service} /> },
    { name: "why, or what failed last", width: "minmax(180px, 3fr)", from: 700, cell: (service) => <Why service={service} standing={standingOf(service)} /> },
    { name: "failed", width: "88px", from: 760, cell: (service) => (service.lastFailure ? <Age at={service.lastFailure.at} /> : <span className={classes.dim}>–</span>) },
    { name: "deployment", width: "minmax(150px, 1fr)", from: 860, cell: (service) => <Deployed service={service} /> },
    { name: "steady", width: "88px", from: 1_080, cell: (service) => (service.steadyAt ? <Age at={service.steadyAt} /> : <span className={classes.dim}>–</span>) },
    { name: "changed", width: "88px", from: 1_300, sort: "updatedAt", isDescending: true, cell: (service) => (service.updatedAt ? <Age at={service.updatedAt} /> : null) },
  ];
  return (
    <ResourceList
      label="Services"
      query={services}
      columns={columns}
      keyOf={(service) => service.serviceName}
      {...(view.sort === "" ? { arrange: (all: ServiceItem[]) => all.map((service) => ({ service, state: standingOf(service).state })).sort((a, b) => byState(a.state, b.state)).map(({ service }) => service) } : {})}
      narrow={(service) => <NarrowService service={service} standing={standingOf(service)} />}
      sort={view.sort}
      onSort={view.setSort}
      placeKey={`services ${clusterId(cluster)} ${view.sort} ${moment ?? ""}`}
      count={(count) => plural(count, "service")}
      empty={
        <Empty title="No service of this cluster is known">
          <p>A service is known from its tasks and from its own events. Tasks that no service started are under Tasks.</p>
        </Empty>
      }
    />
  );
}

const said = (count: number | null): string => (count === null ? "?" : count.toLocaleString("en"));

/** Tasks that run of those that should; where each number is from, on hover. */
function Counts({ service }: { service: ServiceItem }) {
  const now = useNow();
  const { moment } = usePageTime();
  const { runningCount: running, desiredCount: desired, pendingCount: pending } = service;
  const source = (name: Parameters<typeof sourceOf>[1]) => sourceOf(service, name, (at) => ageWords(at, now, moment));
  return (
    <span title={`running: ${source("runningCount")}\ndesired: ${source("desiredCount")}${pending ? `\n${pending} starting: ${source("pendingCount")}` : ""}`}>
      {pending ? <span className={classes.dim}>+{pending.toLocaleString("en")} </span> : null}
      <b className={running !== null && desired !== null && running < desired ? classes.short : undefined}>{said(running)}</b> / {/* Counted from the tasks that are wanted, it is what ECS has begun, which may be less than what was asked of it. */}
      <span className={service.desiredCountFrom === "tasks" ? classes.dim : undefined}>{said(desired)}</span>
    </span>
  );
}

function Why({ service, standing }: { service: ServiceItem; standing: Standing }) {
  const failure = service.lastFailure;
  const isNow = standing.state === "failing" || standing.state === "warning" || standing.state === "progress";
  if (isNow && service.pendingReason) return <EventText isLine text={service.pendingReason.reason} />;
  if (failure)
    return (
      <TaskLink task={failure.task}>
        <span className={isNow ? undefined : classes.dim}>
          {failure.kind ? <KindIcon kind={failure.kind} size={14} /> : null} <EventText isLine text={failure.summary} />
        </span>
      </TaskLink>
    );
  return isNow ? <EventText isLine text={standing.why} /> : null;
}

function Deployed({ service }: { service: ServiceItem }) {
  const newest = newestOf(service.deployments);
  if (!newest) return <span className={classes.dim}>none is known</span>;
  const standing = standingOfDeployment(newest);
  const others = service.deployments.length - 1;
  return (
    <span title={visible(`${newest.id}\n${standing.why}`.slice(0, 500))}>
      <StateMark state={standing.state} words={standing.word} /> <bdi>{visible(revisionOf(newest.taskDefinition) || newest.id)}</bdi>
      <span className={classes.dim}>
        {standing.state === "healthy" ? "" : ` ${standing.word}`}
        {newest.rolloutState !== "COMPLETED" && newest.failedTasks > 0 ? `, ${plural(newest.failedTasks, "failed task")}` : ""}
        {others > 0 ? ` + ${others}` : ""}
      </span>
    </span>
  );
}

function NarrowService({ service, standing }: { service: ServiceItem; standing: Standing }) {
  return (
    <>
      <div>
        <StateMark state={standing.state} words={standing.word} />
        <b>
          <ServiceLink of={service} service={service.serviceName} />
        </b>
        <span className={classes.end}>
          <Counts service={service} />
        </span>
      </div>
      <div>
        <span>{service.lastFailure || standing.why ? <Why service={service} standing={standing} /> : <Deployed service={service} />}</span>
      </div>
    </>
  );
}
