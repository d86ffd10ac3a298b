import { Link, useParams } from "@tanstack/react-router";
import { Answer, Empty, Loading } from "../../parts/Answer";
import { Amount } from "../../parts/Amount";
import { readClusterId } from "../../parts/clusterId";
import { EventText, visible } from "../../parts/EventText";
import { ClusterLink, InstanceLink, ServiceLink } from "../../parts/places";
import { Sentence } from "../../parts/Sentence";
import { TimeText } from "../../parts/TimeText";
import { usePageTime } from "../../time/useTime";
import { cpuWords, gibWords } from "../cluster/words";
import { AdviceList } from "./AdviceList";
import { Fits } from "./Fits";
import { Repacked } from "./Repacked";
import { Reservation } from "./Reservation";
import { useCapacity, useCapacityView, usePlan, type CapacityOfCluster } from "./useCapacity";
import { sentenceOf } from "./words";
import classes from "./Capacity.module.css";

/** A cluster's capacity: what is reserved, what had no place and why, what is on each instance and how few would do, and what still fits. */
export function ClusterCapacityPage() {
  const { cluster: id = "" } = useParams({ strict: false });
  const named = readClusterId(id);
  const capacity = useCapacity(id);
  return (
    <div className={classes.page}>
      <p className={classes.where}>
        <Link to="/capacity" search={{}}>
          Capacity
        </Link>{" "}
        / <ClusterLink of={named} />
        {named.account && named.region ? <bdi className="event-text"> {visible(`${named.account} ${named.region}`)}</bdi> : null}
      </p>
      {capacity.data === undefined ? <Sentence state="unknown">{visible(named.cluster.slice(0, 200))}</Sentence> : null}
      <Answer query={capacity} loading={<Loading />}>
        {(data) => <Contents key={id} id={id} capacity={data} />}
      </Answer>
    </div>
  );
}

function Contents({ id, capacity }: { id: string; capacity: CapacityOfCluster }) {
  const view = useCapacityView();
  const plan = usePlan(id, view.room);
  const { isLive } = usePageTime();
  const { state, broken, rest } = sentenceOf(capacity, plan.data, isLive);
  const { total } = capacity;
  return (
    <>
      <Sentence state={state}>
        <bdi className="event-text">
          {broken ? <b className={classes.broken}>{visible(broken)}. </b> : null}
          {visible(rest)}
        </bdi>
      </Sentence>
      {total.instances > 0 ? (
        <dl className={classes.sums}>
          <div>
            <dt>CPU</dt>
            <dd>
              <Amount name="vCPU" registered={total.registeredCpu} used={total.reservedCpu} remaining={total.remainingCpu} words={cpuWords} what="reserved" />
            </dd>
          </div>
          <div>
            <dt>memory</dt>
            <dd>
              <Amount name="GiB" registered={total.registeredMemory} used={total.reservedMemory} remaining={total.remainingMemory} words={gibWords} what="reserved" />
            </dd>
          </div>
          {total.registeredGpus > 0 ? (
            <div>
              <dt>GPUs</dt>
              <dd>
                <Amount name="GPUs" registered={total.registeredGpus} used={total.reservedGpus} remaining={total.remainingGpus} words={(count) => count.toLocaleString("en")} what="reserved" />
              </dd>
            </div>
          ) : null}
          {total.instancesTakingTasks < total.instances ? (
            <div>
              <dt>take no task</dt>
              <dd className={classes.warned}>{(total.instances - total.instancesTakingTasks).toLocaleString("en")} of {total.instances.toLocaleString("en")} instances</dd>
            </div>
          ) : null}
          {total.fargateTasks > 0 ? (
            <div>
              <dt>on Fargate</dt>
              <dd>
                {total.fargateTasks.toLocaleString("en")} tasks, {cpuWords(total.fargateCpu)} vCPU, {gibWords(total.fargateMemory)} GiB
              </dd>
            </div>
          ) : null}
        </dl>
      ) : null}
      <NotPlaced capacity={capacity} />
      {total.instances === 0 ? (
        <Empty title="There is no instance to pack">
          <p>What runs on Fargate is placed one by one, on nothing that the cluster has. An instance is known from its state changes: the rule must let “ECS Container Instance State Change” through.</p>
        </Empty>
      ) : (
        <Repacked id={id} view={view} />
      )}
      {total.instances > 0 || capacity.placementFailures.length > 0 ? <Reservation id={id} /> : null}
      <AdviceList id={id} of={capacity} />
      <Fits capacity={capacity} />
    </>
  );
}

/** What ECS could not place: its reason, what the cluster has for it, and what would have fitted. */
function NotPlaced({ capacity }: { capacity: CapacityOfCluster }) {
  if (capacity.placementFailures.length === 0) return null;
  return (
    <section aria-labelledby="not-placed">
      <h2 id="not-placed">Not placed</h2>
      <ul className={classes.failures}>
        {capacity.placementFailures.map((failure) => (
          <li key={failure.serviceName}>
            <div>
              <b>
                <ServiceLink of={capacity} service={failure.serviceName} />
              </b>{" "}
              <EventText isLine text={failure.reason} /> {failure.at ? <span className={classes.dim}><TimeText at={failure.at} /></span> : null}
            </div>
            <div>
              {failure.has} {failure.nearest ? <InstanceLink of={capacity} instance={failure.nearest.instance} /> : null}
            </div>
            <div>{failure.wouldFit}</div>
            <div className={classes.dim}>{failure.nextStep}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}

