import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { itemsOf, useResources, type CapacityItem } from "../../api/resources";
import { Amount } from "../../parts/Amount";
import { clusterId } from "../../parts/clusterId";
import { visible } from "../../parts/EventText";
import { NoCluster } from "../../parts/NoCluster";
import { ResourceList } from "../../parts/ResourceList";
import type { Column } from "../../parts/ResourceTable";
import { Sentence } from "../../parts/Sentence";
import { StateMark } from "../../parts/StateMark";
import { namesOf, plural } from "../../parts/words";
import { usePageTime } from "../../time/useTime";
import { cpuWords, gibWords } from "../cluster/words";
import classes from "./Capacity.module.css";

/** Every cluster with what it has and what of it is reserved. */
export function CapacityPage() {
  const { moment, isLive } = usePageTime();
  const { sort = "" } = useSearch({ strict: false });
  const navigate = useNavigate();
  const clusters = useResources("capacity", { sort });
  const all = itemsOf(clusters);
  const nameOf = namesOf(all.map(({ account, region, cluster: name }) => ({ account, region, name })));
  const columns: Column<CapacityItem>[] = [
    {
      name: "cluster",
      width: "minmax(180px, 1fr)",
      sort: "name",
      cell: (cluster) => (
        <>
          <b>
            <CapacityLink of={cluster} />
          </b>{" "}
          <span className={classes.dim}>{nameOf(cluster.account, cluster.region, cluster.cluster).more || cluster.region}</span>
        </>
      ),
    },
    { name: "CPU", width: "minmax(140px, 1.4fr)", sort: "cpuReservation", isDescending: true, cell: (cluster) => <Cpu of={cluster} /> },
    { name: "memory", width: "minmax(150px, 1.4fr)", sort: "memoryReservation", isDescending: true, cell: (cluster) => <Memory of={cluster} /> },
    { name: "instances", width: "90px", sort: "instances", isDescending: true, isNumber: true, cell: (cluster) => (cluster.instances === 0 ? <span className={classes.dim}>none</span> : cluster.instances.toLocaleString("en")) },
    { name: "tasks", width: "80px", sort: "tasks", isDescending: true, isNumber: true, cell: (cluster) => cluster.tasks.toLocaleString("en") },
    { name: "on Fargate", width: "96px", from: 860, isNumber: true, cell: (cluster) => (cluster.fargateTasks === 0 ? <span className={classes.dim}>none</span> : cluster.fargateTasks.toLocaleString("en")) },
    { name: "not placed", width: "110px", from: 760, cell: (cluster) => <NotPlaced of={cluster} /> },
  ];
  const failing = all.filter((cluster) => cluster.placementFailures > 0).length;
  const instances = all.reduce((sum, cluster) => sum + cluster.instances, 0);
  return (
    <div className={classes.page}>
      {clusters.data === undefined ? (
        <Sentence>Capacity</Sentence>
      ) : all.length === 0 ? (
        <Sentence state="unknown">{isLive ? "No cluster has been heard of yet." : "No cluster was known then."}</Sentence>
      ) : (
        <Sentence state={failing > 0 ? "failing" : "healthy"}>
          {failing > 0 ? (
            <b className={classes.broken}>
              In {failing.toLocaleString("en")} of {plural(all.length, "cluster")} tasks {isLive ? "have" : "had"} no place.{" "}
            </b>
          ) : (
            `Every task ${isLive ? "has" : "had"} its place in ${plural(all.length, "cluster")}, ${isLive ? "on" : "then on"} ${plural(instances, "instance")}.`
          )}
        </Sentence>
      )}
      <ResourceList
        label="Clusters"
        query={clusters}
        columns={columns}
        keyOf={clusterId}
        narrow={(cluster) => <NarrowRow of={cluster} />}
        sort={sort}
        onSort={(next) => void navigate({ to: "/capacity", search: (now) => ({ ...now, sort: next || undefined }), replace: true })}
        placeKey={`capacity ${sort} ${moment ?? ""}`}
        count={(count) => plural(count, "cluster")}
        empty={
          <NoCluster isLive={isLive} title="What a cluster has is known from its events">
            Container instances say in their state changes what they have, and tasks what they asked for.
          </NoCluster>
        }
      />
    </div>
  );
}

/** A cluster's capacity. */
const CapacityLink = ({ of }: { of: CapacityItem }) => (
  <Link to="/capacity/$cluster" params={{ cluster: clusterId(of) }} search={{}} className={classes.place}>
    <bdi>{visible(of.cluster.slice(0, 200))}</bdi>
  </Link>
);

const Cpu = ({ of }: { of: CapacityItem }) => (of.instances === 0 ? null : <Amount name="vCPU" registered={of.registeredCpu} used={of.reservedCpu} remaining={of.remainingCpu} words={cpuWords} what="reserved" />);

const Memory = ({ of }: { of: CapacityItem }) => (of.instances === 0 ? null : <Amount name="GiB" registered={of.registeredMemory} used={of.reservedMemory} remaining={of.remainingMemory} words={gibWords} what="reserved" />);

const NotPlaced = ({ of }: { of: CapacityItem }) =>
  of.placementFailures === 0 ? (
    <span className={classes.dim}>–</span>
  ) : (
    <span className={classes.broken}>
      <StateMark state="failing" /> {plural(of.placementFailures, "service")}
    </span>
  );

function NarrowRow({ of }: { of: CapacityItem }) {
  return (
    <>
      <div>
        <b>
          <CapacityLink of={of} />
        </b>
        {of.placementFailures > 0 ? <NotPlaced of={of} /> : null}
        <span className={classes.end}>{of.instances > 0 ? plural(of.instances, "instance") : plural(of.fargateTasks, "task on Fargate", "tasks on Fargate")}</span>
      </div>
      <div>
        <Cpu of={of} />
        <Memory of={of} />
      </div>
    </>
  );
}
