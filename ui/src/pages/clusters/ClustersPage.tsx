import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { itemsOf, useResources, useStatus, type ClusterItem } from "../../api/resources";
import type { Status, StatusCluster, StatusFailure } from "../../api/types";
import { lookOfKind } from "../../kinds";
import { Age } from "../../parts/Age";
import { clusterId, placeOf } from "../../parts/clusterId";
import { EventText } from "../../parts/EventText";
import { KindIcon } from "../../parts/KindIcon";
import { NoCluster } from "../../parts/NoCluster";
import { ClusterLink, EventsLink } from "../../parts/places";
import { ResourceList } from "../../parts/ResourceList";
import type { Column } from "../../parts/ResourceTable";
import { Sentence } from "../../parts/Sentence";
import { Sparkline } from "../../parts/Sparkline";
import { StateMark } from "../../parts/StateMark";
import { namesOf, plural } from "../../parts/words";
import { usePageTime } from "../../time/useTime";
import { StateCell } from "../cluster/StateCell";
import { byState, failuresIn, standingOfCluster, toldOf, type Standing } from "../cluster/states";
import classes from "./Clusters.module.css";

interface Row {
  cluster: ClusterItem;
  told: StatusCluster | undefined;
  standing: Standing;
  /** What fails most in it. */
  worst: StatusFailure | undefined;
}

function rowOf(cluster: ClusterItem, status: Status | undefined): Row {
  const [told, failures] = [toldOf(cluster, status), failuresIn(cluster, status)];
  return { cluster, told, standing: standingOfCluster(cluster, told, failures), worst: failures[0] };
}

/** Every cluster that was heard of: those where something is broken come first. */
export function ClustersPage() {
  const { moment, isLive } = usePageTime();
  const { sort = "" } = useSearch({ strict: false });
  const navigate = useNavigate();
  const clusters = useResources("clusters", { sort });
  const status = useStatus();
  const all = itemsOf(clusters).map((cluster) => rowOf(cluster, status.data));
  const rows = sort === "" ? [...all].sort((a, b) => byState(a.standing.state, b.standing.state)) : all;
  const byId = new Map(rows.map((row) => [clusterId(row.cluster), row]));
  const nameOf = namesOf(all.map(({ cluster }) => ({ account: cluster.account, region: cluster.region, name: cluster.cluster })));
  const column = (cell: (row: Row) => ReactNode) => (cluster: ClusterItem) => cell(byId.get(clusterId(cluster)) ?? rowOf(cluster, status.data));

  const columns: Column<ClusterItem>[] = [
    { name: "state", width: "104px", cell: column(({ standing, cluster }) => <StateCell standing={standing} values={placeOf(cluster)} />) },
    {
      name: "cluster",
      width: "minmax(180px, 1fr)",
      sort: "name",
      cell: (cluster) => (
        <>
          <b>
            <ClusterLink of={cluster} />
          </b>{" "}
          <span className={classes.dim}>{nameOf(cluster.account, cluster.region, cluster.cluster).more || cluster.region}</span>
        </>
      ),
    },
    { name: "what fails", width: "minmax(180px, 3fr)", from: 760, cell: column((row) => <WhatFails row={row} />) },
    { name: "services", width: "60px", isNumber: true, cell: (cluster) => cluster.activeServicesCount.toLocaleString("en") },
    { name: "tasks", width: "100px", isNumber: true, cell: (cluster) => <Tasks cluster={cluster} /> },
    { name: "instances", width: "84px", isNumber: true, cell: (cluster) => <Instances cluster={cluster} /> },
    { name: isLive ? "events, a day" : "events", width: "104px", from: 1160, cell: column(({ told }) => (told ? <Sparkline counts={told.counts} colour="var(--series-routine)" /> : null)) },
    { name: "heard", width: "90px", sort: "updatedAt", isDescending: true, from: 860, cell: (cluster) => (cluster.updatedAt ? <Age at={cluster.updatedAt} /> : <span className={classes.dim}>never</span>) },
  ];

  return (
    <div className={classes.page}>
      <HowManyStand rows={all} isWhole={!clusters.hasNextPage} isThere={clusters.data !== undefined} isLive={isLive} />
      <ResourceList
        label="Clusters"
        query={clusters}
        columns={columns}
        keyOf={clusterId}
        {...(sort === "" ? { arrange: () => rows.map((row) => row.cluster) } : {})}
        narrow={(cluster) => <NarrowRow row={byId.get(clusterId(cluster)) ?? rowOf(cluster, status.data)} />}
        sort={sort}
        onSort={(next) => void navigate({ to: "/clusters", search: (now) => ({ ...now, sort: next || undefined }), replace: true })}
        placeKey={`clusters ${sort} ${moment ?? ""}`}
        count={(count) => plural(count, "cluster")}
        empty={
          <NoCluster isLive={isLive} title="Clusters are known from their events">
            As soon as an event names a cluster, it is here with its services, tasks and instances.
          </NoCluster>
        }
      />
    </div>
  );
}

function HowManyStand({ rows, isWhole, isThere, isLive }: { rows: readonly Row[]; isWhole: boolean; isThere: boolean; isLive: boolean }) {
  if (!isThere) return <Sentence>Clusters</Sentence>;
  const failing = rows.filter((row) => row.standing.state === "failing").length;
  const warned = rows.filter((row) => row.standing.state === "warning").length;
  const services = rows.reduce((sum, row) => sum + row.cluster.activeServicesCount, 0);
  const tasks = rows.reduce((sum, row) => sum + row.cluster.runningTasksCount, 0);
  const many = isWhole ? plural(rows.length, "cluster") : `more than ${plural(rows.length, "cluster")}`;
  if (rows.length === 0) return <Sentence state="unknown">{isLive ? "No cluster has been heard of yet." : "No cluster was known then."}</Sentence>;
  const run = isLive ? "run" : "ran";
  return (
    <Sentence state={failing > 0 ? "failing" : warned > 0 ? "warning" : "healthy"}>
      {failing > 0 ? (
        <b className={classes.broken}>
          In {failing.toLocaleString("en")} of {many} something {isLive ? "is" : "was"} failing.
        </b>
      ) : warned > 0 ? (
        `Nothing ${isLive ? "is" : "was"} broken in ${many}, but ${warned === 1 ? "one has" : `${warned} have`} warnings.`
      ) : (
        `All quiet in ${many}.`
      )}{" "}
      {plural(tasks, "task")} {run} in {plural(services, "service")}.
    </Sentence>
  );
}

function WhatFails({ row }: { row: Row }) {
  const { worst, standing, cluster } = row;
  if (!worst) return <span className={classes.dim}>{standing.why}</span>;
  return (
    <EventsLink values={{ outcome: "failure", account: cluster.account, region: cluster.region, cluster: cluster.cluster, service: worst.service, kind: worst.kind }}>
      <KindIcon kind={worst.kind} size={14} /> <EventText isLine text={worst.service || worst.family || lookOfKind(worst.kind).words} />
      <span className={classes.dim}>
        {" "}
        <EventText isLine text={worst.summary} />
      </span>
    </EventsLink>
  );
}

const Tasks = ({ cluster }: { cluster: ClusterItem }) => (
  <>
    {cluster.runningTasksCount.toLocaleString("en")}
    {cluster.pendingTasksCount > 0 ? <span className={classes.progress}> + {cluster.pendingTasksCount.toLocaleString("en")} starting</span> : null}
  </>
);

const Instances = ({ cluster }: { cluster: ClusterItem }) => (
  <>
    {cluster.registeredContainerInstancesCount === 0 ? <span className={classes.dim}>none</span> : cluster.registeredContainerInstancesCount.toLocaleString("en")}
    {cluster.disconnectedAgentsCount > 0 ? <span className={classes.broken}> {cluster.disconnectedAgentsCount} away</span> : null}
  </>
);

function NarrowRow({ row }: { row: Row }) {
  const { cluster, standing, worst } = row;
  return (
    <>
      <div>
        <StateMark state={standing.state} words={standing.word} />
        <b>
          <ClusterLink of={cluster} />
        </b>
        <span className={classes.dim}>{cluster.region}</span>
        <span className={classes.end}>
          {plural(cluster.activeServicesCount, "service")}, <Tasks cluster={cluster} /> {cluster.runningTasksCount === 1 ? "task" : "tasks"}
        </span>
      </div>
      <div className={classes.dim}>{worst ? <EventText isLine text={[worst.service || worst.family, worst.summary].filter(Boolean).join(": ")} /> : standing.why || standing.word}</div>
    </>
  );
}
