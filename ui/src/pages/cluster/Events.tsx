import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { get } from "../../api/client";
import type { ClusterItem } from "../../api/resources";
import type { EventItem, EventPage } from "../../api/types";
import { useRefetch } from "../../api/useRefetch";
import { Age } from "../../parts/Age";
import { Empty } from "../../parts/Answer";
import { clusterId, placeOf } from "../../parts/clusterId";
import { EventText } from "../../parts/EventText";
import { KindIcon } from "../../parts/KindIcon";
import { ServiceLink, TaskLink } from "../../parts/places";
import { queryFor } from "../../parts/query";
import { ResourceList } from "../../parts/ResourceList";
import type { Column } from "../../parts/ResourceTable";
import { StateMark } from "../../parts/StateMark";
import { plural } from "../../parts/words";
import { stateOfEvent } from "../../state";
import { shortMoment, wider } from "../../time/time";
import { usePageTime } from "../../time/useTime";
import classes from "./Cluster.module.css";

/** What was said of a cluster in the page's time, newest first; each opens in Explore. */
export function Events({ cluster }: { cluster: ClusterItem }) {
  const { time, api, setTime } = usePageTime();
  const refetch = useRefetch({ isTold: false });
  const q = queryFor(placeOf(cluster));
  const events = useInfiniteQuery({
    queryKey: ["events", q, api],
    queryFn: ({ pageParam, signal }) => get<EventPage>("/api/v1/events", { q, ...api, limit: 200, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => refetch(query.state.data?.pages.length ?? 1),
  });
  const columns: Column<EventItem>[] = [
    { name: "time", width: "132px", cell: (event) => <span title={event.occurredAt}>{shortMoment(event.occurredAt)}</span> },
    { name: "what happened", width: "minmax(200px, 4fr)", cell: (event) => <What event={event} q={q} /> },
    { name: "service", width: "minmax(110px, 1fr)", from: 760, cell: (event) => (event.service ? <ServiceLink of={cluster} service={event.service} /> : null) },
    { name: "task", width: "96px", from: 860, cell: (event) => (event.task ? <TaskLink task={event.task} /> : null) },
  ];
  const next = wider(time);
  return (
    <>
      <div className={classes.filters}>
        <Link to="/explore" search={{ q }}>
          Ask for these in Explore
        </Link>
      </div>
      <ResourceList
        label="Events"
        query={events}
        columns={columns}
        keyOf={(event) => event.key}
        narrow={(event) => (
          <>
            <div>
              <span className={classes.dim}>{shortMoment(event.occurredAt)}</span>
              {event.service ? <ServiceLink of={cluster} service={event.service} /> : null}
              <span className={classes.end}>{event.task ? <TaskLink task={event.task} /> : <Age at={event.occurredAt} />}</span>
            </div>
            <div>
              <span>
                <What event={event} q={q} />
              </span>
            </div>
          </>
        )}
        sort=""
        onSort={() => undefined}
        placeKey={`events ${clusterId(cluster)} ${JSON.stringify(api)}`}
        count={(count) => plural(count, "event")}
        empty={
          <Empty title="No event of this cluster is from this time">
            {next ? (
              <Button size="xs" variant="default" onClick={() => setTime(next)}>
                Widen the time
              </Button>
            ) : null}
          </Empty>
        }
      />
    </>
  );
}

const What = ({ event, q }: { event: EventItem; q: string }) => (
  <>
    <StateMark state={stateOfEvent(event)} words={event.outcome ?? "unknown"} /> {event.kind ? <KindIcon kind={event.kind} size={14} /> : null}{" "}
    <Link to="/explore" search={{ q, open: event.key }} className={classes.event}>
      <EventText isLine text={event.summary || event.detailType || "an event without a detail-type"} />
    </Link>
  </>
);
