import { Tabs } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { itemsOf, useResources, useStatus, type ClusterItem } from "../../api/resources";
import type { Status } from "../../api/types";
import { Age } from "../../parts/Age";
import { Empty, Failing, Loading } from "../../parts/Answer";
import { placeOf, readClusterId } from "../../parts/clusterId";
import { visible } from "../../parts/EventText";
import { ClusterLink } from "../../parts/places";
import { Sentence } from "../../parts/Sentence";
import { Tags } from "../../parts/Tags";
import { clock, shortMoment } from "../../time/time";
import { usePageTime } from "../../time/useTime";
import { Deployments } from "./Deployments";
import { Events } from "./Events";
import { Instances } from "./Instances";
import { Services } from "./Services";
import { failuresIn, standingOfCluster, toldOf } from "./states";
import { Tasks } from "./Tasks";
import { TimeSlider } from "./TimeSlider";
import { tabs, useCluster, type Tab } from "./useCluster";
import { sentenceOf } from "./words";
import classes from "./Cluster.module.css";

/** One cluster: how it stands or stood, all the time that is stored of it, and what is in it. */
export function ClusterPage() {
  const { cluster: id = "" } = useParams({ strict: false });
  const named = readClusterId(id);
  const clusters = useResources("clusters", placeOf(named), { limit: 50 });
  const found = itemsOf(clusters);
  const { isLive } = usePageTime();
  const [only] = found;
  const isMany = found.length > 1;
  if (isMany) return <WhichOne name={named.cluster} found={found} />;
  // Without a cluster at this time the slider still leads to the times when there was one.
  const place = only ?? named;
  return (
    <div className={classes.page}>
      {clusters.error ? <Failing failure={clusters.error} {...(clusters.data ? { answeredAt: clusters.dataUpdatedAt } : {})} onRetry={() => void clusters.refetch()} /> : null}
      {only ? <HowItStands cluster={only} /> : clusters.data === undefined ? clusters.error ? <Sentence state="unknown">{visible(named.cluster)}</Sentence> : <Loading /> : <Sentence state="unknown">No cluster “{visible(named.cluster.slice(0, 200))}” {isLive ? "is known" : "was known then"}.</Sentence>}
      <TimeSlider of={place} />
      {only ? <Contents key={id} cluster={only} /> : clusters.data ? <NotKnown isLive={isLive} /> : null}
    </div>
  );
}

function HowItStands({ cluster }: { cluster: ClusterItem }) {
  const status = useStatus();
  const { isLive } = usePageTime();
  const [told, failures] = [toldOf(cluster, status.data), failuresIn(cluster, status.data)];
  const standing = standingOfCluster(cluster, told, failures);
  const { state, broken, rest } = sentenceOf(cluster, status.data ? standing.state : "unknown", failures, isLive, sinceOf(failures, status.data));
  return (
    <header>
      <p className={classes.where}>
        <Link to="/clusters" search={{}}>
          Clusters
        </Link>{" "}
        / <bdi className="event-text">{visible(`${cluster.account} ${cluster.region}`)}</bdi>
        {cluster.updatedAt ? (
          <>
            {" "}
            · heard <Age at={cluster.updatedAt} />
          </>
        ) : null}
      </p>
      <Sentence state={state}>
        <bdi className="event-text">
          {broken ? <b className={classes.broken}>{visible(broken)}. </b> : null}
          {status.data ? visible(rest) : visible(cluster.clusterName)}
        </bdi>
      </Sentence>
      {cluster.tags ? <Tags tags={cluster.tags} /> : null}
    </header>
  );
}

function sinceOf(failures: readonly { state: string; since: string }[], status: Status | undefined): string {
  const first = failures.filter((one) => one.state === "failing").map((one) => one.since).sort()[0];
  if (first === undefined || status === undefined) return "";
  return (new Date(first).toDateString() === new Date(status.to).toDateString() ? clock(first) : shortMoment(first)).slice(0, -3);
}

const names: Record<Tab, string> = { services: "Services", tasks: "Tasks", instances: "Instances", deployments: "Deployments", events: "Events" };

function Contents({ cluster }: { cluster: ClusterItem }) {
  const view = useCluster();
  const count: Partial<Record<Tab, number>> = { services: cluster.activeServicesCount, tasks: cluster.runningTasksCount + cluster.pendingTasksCount, instances: cluster.registeredContainerInstancesCount };
  const Shown = { services: Services, tasks: Tasks, instances: Instances, deployments: Deployments, events: Events }[view.tab];
  return (
    <Tabs value={view.tab} onChange={(tab) => tab && view.setTab(tab as Tab)} keepMounted={false} className={classes.tabs ?? ""}>
      <Tabs.List className={classes.tabList ?? ""}>
        {tabs.map((tab) => (
          <Tabs.Tab key={tab} value={tab}>
            {names[tab]}
            {count[tab] === undefined ? null : <span className={classes.count}> {count[tab].toLocaleString("en")}</span>}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={view.tab} className={classes.panel ?? ""}>
        <Shown cluster={cluster} view={view} />
      </Tabs.Panel>
    </Tabs>
  );
}

function WhichOne({ name, found }: { name: string; found: readonly ClusterItem[] }) {
  return (
    <>
      <Sentence state="unknown">
        {found.length} clusters have the name “{visible(name)}”.
      </Sentence>
      <ul className={classes.which}>
        {found.map((cluster) => (
          <li key={`${cluster.account}${cluster.region}`}>
            <ClusterLink of={cluster}>
              {cluster.clusterName} in {cluster.region}, account {cluster.account}
            </ClusterLink>
          </li>
        ))}
      </ul>
    </>
  );
}

function NotKnown({ isLive }: { isLive: boolean }) {
  return (
    <Empty title={isLive ? "No stored event names it" : "Nothing was known of it then"}>
      <p>
        {isLive
          ? "A cluster is known from the first event that names it; its name may be written otherwise, or its events have not come here."
          : "A cluster is known from the first event that names it. Choose a later moment, or go back to live."}
      </p>
      <p>
        <Link to="/clusters" search={{}}>
          All clusters
        </Link>
      </p>
    </Empty>
  );
}
