import { useResources, type ClusterItem, type DeploymentItem } from "../../api/resources";
import { Age } from "../../parts/Age";
import { Empty } from "../../parts/Answer";
import { clusterId, placeOf } from "../../parts/clusterId";
import { EventText } from "../../parts/EventText";
import { DeploymentLink, ServiceLink } from "../../parts/places";
import { ResourceList } from "../../parts/ResourceList";
import type { Column } from "../../parts/ResourceTable";
import { StateMark } from "../../parts/StateMark";
import { plural } from "../../parts/words";
import { usePageTime } from "../../time/useTime";
import { StateCell } from "./StateCell";
import { standingOfDeployment } from "./states";
import type { ClusterView } from "./useCluster";
import { revisionOf } from "./words";
import classes from "./Cluster.module.css";

/** The deployments of a cluster's services, the latest first: how far each is, how it ended, what it was rolled back to. */
export function Deployments({ cluster, view }: { cluster: ClusterItem; view: ClusterView }) {
  const { moment } = usePageTime();
  const sort = view.sort || "-createdAt";
  const deployments = useResources("deployments", { ...placeOf(cluster), sort });
  const columns: Column<DeploymentItem>[] = [
    { name: "state", width: "124px", cell: (deployment) => <StateCell standing={standingOfDeployment(deployment)} values={{ ...placeOf(deployment), service: deployment.service, detailType: "ECS Deployment State Change" }} /> },
    {
      name: "service",
      width: "minmax(120px, 1fr)",
      sort: "service",
      cell: (deployment) => (
        <b>
          <ServiceLink of={deployment} service={deployment.service} />
        </b>
      ),
    },
    { name: "what", width: "minmax(120px, 1fr)", cell: (deployment) => <EventText isLine text={revisionOf(deployment.taskDefinition)} /> },
    { name: "tasks", width: "minmax(120px, 0.8fr)", cell: (deployment) => <TasksOf deployment={deployment} /> },
    { name: "what ECS says", width: "minmax(140px, 2fr)", from: 860, cell: (deployment) => <Reason deployment={deployment} /> },
    { name: "deployment", width: "90px", from: 760, cell: (deployment) => <DeploymentLink of={deployment} deployment={deployment.id} /> },
    { name: "began", width: "88px", sort: "createdAt", isDescending: true, cell: (deployment) => (deployment.createdAt ? <Age at={deployment.createdAt} /> : null) },
    { name: "changed", width: "88px", sort: "updatedAt", isDescending: true, from: 1_000, cell: (deployment) => (deployment.updatedAt ? <Age at={deployment.updatedAt} /> : null) },
  ];
  return (
    <ResourceList
      label="Deployments"
      query={deployments}
      columns={columns}
      keyOf={(deployment) => `${deployment.service} ${deployment.id}`}
      narrow={(deployment) => <NarrowDeployment deployment={deployment} />}
      sort={sort}
      onSort={view.setSort}
      placeKey={`deployments ${clusterId(cluster)} ${sort} ${moment ?? ""}`}
      count={(count) => plural(count, "deployment")}
      empty={
        <Empty title="No deployment is known">
          <p>Deployments are known from their own events and from tasks that they started: the rule must let “ECS Deployment State Change” through.</p>
        </Empty>
      }
    />
  );
}

const TasksOf = ({ deployment }: { deployment: DeploymentItem }) => (
  <>
    {deployment.runningCount.toLocaleString("en")} run
    {deployment.pendingCount > 0 ? `, ${deployment.pendingCount.toLocaleString("en")} on the way` : ""}
    {deployment.failedTasks > 0 ? <span className={classes.dim}>, {deployment.failedTasks.toLocaleString("en")} failed</span> : null}
  </>
);

function Reason({ deployment }: { deployment: DeploymentItem }) {
  if (deployment.rolledBackTo)
    return (
      <>
        rolled back to <DeploymentLink of={deployment} deployment={deployment.rolledBackTo} />
      </>
    );
  return (
    <span className={classes.dim}>
      <EventText isLine text={deployment.rolloutStateReason ?? ""} />
    </span>
  );
}

function NarrowDeployment({ deployment }: { deployment: DeploymentItem }) {
  const standing = standingOfDeployment(deployment);
  return (
    <>
      <div>
        <StateMark state={standing.state} words={standing.word} />
        <b>
          <ServiceLink of={deployment} service={deployment.service} />
        </b>
        <EventText isLine text={revisionOf(deployment.taskDefinition)} />
        <span className={classes.end}>{deployment.createdAt ? <Age at={deployment.createdAt} /> : null}</span>
      </div>
      <div>
        <span>
          {standing.word}, <TasksOf deployment={deployment} />
        </span>
      </div>
    </>
  );
}
