import { useResources, type ClusterItem, type InstanceItem } from "../../api/resources";
import { Age } from "../../parts/Age";
import { Amount } from "../../parts/Amount";
import { Empty } from "../../parts/Answer";
import { clusterId, placeOf } from "../../parts/clusterId";
import { EventText } from "../../parts/EventText";
import { InstanceLink } from "../../parts/places";
import { ResourceList } from "../../parts/ResourceList";
import type { Column } from "../../parts/ResourceTable";
import { StateMark } from "../../parts/StateMark";
import { plural } from "../../parts/words";
import { usePageTime } from "../../time/useTime";
import { StateCell } from "./StateCell";
import { standingOfInstance } from "./states";
import type { ClusterView } from "./useCluster";
import { cpuWords, gibWords } from "./words";
import classes from "./Cluster.module.css";

/** The container instances of a cluster: what each has, what its tasks take of it, whether its agent is there, whether it drains. */
export function Instances({ cluster, view }: { cluster: ClusterItem; view: ClusterView }) {
  const { moment } = usePageTime();
  const instances = useResources("instances", { ...placeOf(cluster), sort: view.sort });
  const columns: Column<InstanceItem>[] = [
    { name: "state", width: "116px", sort: "status", cell: (instance) => <StateCell standing={standingOfInstance(instance)} values={{ ...placeOf(instance), instance: instance.instance }} /> },
    { name: "instance", width: "minmax(148px, 0.9fr)", cell: (instance) => <InstanceLink of={instance} instance={instance.instance} name={instance.ec2InstanceId} /> },
    { name: "tasks", width: "88px", sort: "runningTasksCount", isDescending: true, isNumber: true, cell: (instance) => <TasksOn instance={instance} /> },
    { name: "CPU", width: "minmax(130px, 1.5fr)", sort: "remainingCpu", cell: (instance) => <Cpu instance={instance} /> },
    { name: "memory", width: "minmax(140px, 1.5fr)", sort: "remainingMemory", cell: (instance) => <Memory instance={instance} /> },
    { name: "agent", width: "minmax(150px, 1fr)", from: 760, cell: (instance) => <Agent instance={instance} /> },
    { name: "kind", width: "minmax(150px, 1fr)", from: 940, cell: (instance) => <EventText isLine text={[instance.instanceType, instance.availabilityZone].filter(Boolean).join(" ")} /> },
    { name: "provider", width: "minmax(100px, 0.8fr)", from: 1_200, cell: (instance) => <EventText isLine text={instance.capacityProviderName ?? ""} /> },
  ];
  return (
    <ResourceList
      label="Instances"
      query={instances}
      columns={columns}
      keyOf={(instance) => instance.instance}
      narrow={(instance) => <NarrowInstance instance={instance} />}
      sort={view.sort}
      onSort={view.setSort}
      placeKey={`instances ${clusterId(cluster)} ${view.sort} ${moment ?? ""}`}
      count={(count) => plural(count, "instance")}
      empty={
        <Empty title="No container instance is known">
          <p>A cluster that runs on Fargate alone has none. One on EC2 is known from the state changes of its instances: the rule must let “ECS Container Instance State Change” through.</p>
        </Empty>
      }
    />
  );
}

const TasksOn = ({ instance }: { instance: InstanceItem }) => (
  <>
    {instance.pendingTasksCount > 0 ? <span className={classes.dim}>+{instance.pendingTasksCount} </span> : null}
    {instance.runningTasksCount.toLocaleString("en")}
  </>
);

const Cpu = ({ instance }: { instance: InstanceItem }) => (
  <Amount name="vCPU" registered={instance.registeredCpu} used={instance.usedCpu} remaining={instance.remainingCpu} words={cpuWords} />
);

const Memory = ({ instance }: { instance: InstanceItem }) => (
  <Amount name="GiB" registered={instance.registeredMemory} used={instance.usedMemory} remaining={instance.remainingMemory} words={gibWords} />
);

function Agent({ instance }: { instance: InstanceItem }) {
  if (instance.agentConnected === undefined) return <span className={classes.dim}>not known</span>;
  return (
    <span className={instance.agentConnected ? undefined : classes.short}>
      {instance.agentConnected ? "connected" : "away"}{" "}
      {instance.agentSince ? (
        <span className={classes.dim}>
          <Age at={instance.agentSince} />
          {instance.agentSinceAtLeast ? " or longer" : ""}
        </span>
      ) : null}
    </span>
  );
}

function NarrowInstance({ instance }: { instance: InstanceItem }) {
  const standing = standingOfInstance(instance);
  return (
    <>
      <div>
        <StateMark state={standing.state} words={standing.word} />
        <InstanceLink of={instance} instance={instance.instance} name={instance.ec2InstanceId} />
        <span className={classes.end}>
          {standing.word}, {plural(instance.runningTasksCount, "task")}
        </span>
      </div>
      <div>
        <Cpu instance={instance} />
        <Memory instance={instance} />
      </div>
    </>
  );
}
