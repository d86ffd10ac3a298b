import { ActionIcon, Button, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { ApiProblem, get } from "../../api/client";
import type { EventContext, EventItem } from "../../api/types";
import { Icon } from "../../frame/icons";
import { Answer, Empty, Failing, Loading } from "../../parts/Answer";
import { EventJson } from "../../parts/EventJson";
import { EventText, visible } from "../../parts/EventText";
import { KindIcon } from "../../parts/KindIcon";
import { ClusterLink, ServiceLink, TaskLink } from "../../parts/places";
import { ShortId } from "../../parts/ShortId";
import { StateMark } from "../../parts/StateMark";
import { TimeText } from "../../parts/TimeText";
import { lookOfKind } from "../../kinds";
import { stateOfEvent } from "../../state";
import { clock } from "../../time/time";
import { flattened, known, type EventValue } from "./fieldsOf";
import { isInverting } from "./FieldsPanel";
import { tabs, type Explore, type Tab } from "./useExplore";
import classes from "./Flyout.module.css";

/** One event beside the list: what it means, then all that it says. */
export function Flyout({ explore, item }: { explore: Explore; item: EventItem | undefined }) {
  const key = explore.open ?? "";
  // The list has most events already; a shared link may open one that it does not hold.
  const asked = useQuery({ queryKey: ["event", key], queryFn: ({ signal }) => get<EventItem>(`/api/v1/events/${encodeURIComponent(key)}`, {}, signal), enabled: item === undefined, staleTime: Infinity });
  const event = item ?? (asked.isPlaceholderData ? undefined : asked.data);
  return (
    <aside className={classes.flyout} aria-label="Event">
      <ActionIcon className={classes.close} variant="subtle" color="gray" aria-label="Close the event" title="Close (Esc)" onClick={() => explore.set({ open: undefined })}>
        <Icon name="close" />
      </ActionIcon>
      {event ? (
        <Event event={event} explore={explore} />
      ) : asked.error instanceof ApiProblem && asked.error.status === 404 ? (
        <Empty title="This event is not here">{asked.error.message}</Empty>
      ) : asked.error ? (
        <Failing failure={asked.error} onRetry={() => void asked.refetch()} />
      ) : (
        <Loading />
      )}
    </aside>
  );
}

function Event({ event, explore }: { event: EventItem; explore: Explore }) {
  const state = stateOfEvent(event);
  return (
    <>
      <h2 className={classes.title}>
        <StateMark state={state} words={event.outcome ?? "unknown"} /> <EventText text={event.summary || event.detailType || "An event without a detail-type"} />
      </h2>
      <p className={classes.meta}>
        {event.kind ? (
          <span className={classes.kind}>
            <KindIcon kind={event.kind} isLabelled={false} size={14} /> {lookOfKind(event.kind).words}
          </span>
        ) : null}
        {event.severity ? <span>{event.severity}</span> : null}
        <span>
          <TimeText at={event.occurredAt} exact /> (<TimeText at={event.occurredAt} />)
        </span>
        {event.cluster ? (
          <span>
            {event.service ? (
              <>
                <ServiceLink of={{ ...event, cluster: event.cluster }} service={event.service} /> in{" "}
              </>
            ) : null}
            <ClusterLink of={{ ...event, cluster: event.cluster }} />
          </span>
        ) : null}
        {event.task ? (
          <span>
            <TaskLink task={event.task}>the task's story</TaskLink> <ShortId id={event.task} />
          </span>
        ) : null}
      </p>
      {event.evidence && event.evidence.length > 0 ? (
        <ul className={classes.evidence} aria-label="Evidence">
          {event.evidence.map((line) => (
            <li key={line}>
              <EventText text={line} />
            </li>
          ))}
        </ul>
      ) : null}
      {event.nextStep ? (
        <p className={classes.next}>
          <b>Next step </b>
          <EventText text={event.nextStep} />
        </p>
      ) : null}
      <Tabs value={explore.tab} onChange={(tab) => explore.set({ tab: (tab as Tab | null) ?? "table" }, { replace: true })} keepMounted={false} classNames={{ list: classes.tabs ?? "" }}>
        <Tabs.List>
          {tabs.map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {tab === "json" ? "JSON" : tab === "table" ? "Table" : "Context"}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="table">
          <ValueTable event={event} explore={explore} />
        </Tabs.Panel>
        <Tabs.Panel value="json">
          <EventJson event={event} />
        </Tabs.Panel>
        <Tabs.Panel value="context">
          <Context event={event} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function ValueTable({ event, explore }: { event: EventItem; explore: Explore }) {
  const masked = new Set((event.masked ?? []).length > 0 ? ["***"] : []);
  const ours = known(event);
  const said = flattened(event.event);
  return (
    <table className={classes.table}>
      <caption className="visually-hidden">Values of the event</caption>
      <colgroup>
        <col className={classes.names} />
        <col />
        <col className={classes.tools} />
      </colgroup>
      <tbody>
        {ours.map((one) => (
          <Value key={`ours ${one.path}`} one={one} explore={explore} />
        ))}
      </tbody>
      <tbody>
        {said.map((one, index) => (
          <Value key={`${index} ${one.path}`} one={one} explore={explore} isMasked={masked.has(one.value)} />
        ))}
      </tbody>
    </table>
  );
}

const longest = 1_000;

function Value({ one, explore, isMasked = false }: { one: EventValue; explore: Explore; isMasked?: boolean }) {
  const canFilter = one.value !== "" && one.value.length <= longest && !isMasked;
  return (
    <tr>
      <th scope="row" title={visible(one.path)}>
        <bdi>{visible(one.path.length > 120 ? `${one.path.slice(0, 120)}…` : one.path)}</bdi>
      </th>
      <td>
        <EventText text={one.value} />
        {isMasked ? <span className={classes.masked}> masked when it came in</span> : null}
      </td>
      <td className={classes.tools}>
        {canFilter ? (
          <>
            <ActionIcon size={24} variant="subtle" color="gray" aria-label={`Only events with this ${visible(one.path)}`} title="Only these" onClick={(event) => explore.filter(one.path, one.value, isInverting(event))}>
              <Icon name="plus" size={12} />
            </ActionIcon>
            <ActionIcon size={24} variant="subtle" color="gray" aria-label={`All but events with this ${visible(one.path)}`} title="All but these" onClick={() => explore.filter(one.path, one.value, true)}>
              <Icon name="minus" size={12} />
            </ActionIcon>
          </>
        ) : null}
      </td>
    </tr>
  );
}

function Context({ event }: { event: EventItem }) {
  const scope = event.task ? { name: "this task", q: `task:"${event.task}"` } : event.cluster ? { name: "this cluster", q: `cluster:"${event.cluster.replace(/[\\"]/g, "\\$&")}"` } : undefined;
  const [isAll, setAll] = useState(scope === undefined);
  const q = isAll || scope === undefined ? "" : scope.q;
  const context = useQuery({ queryKey: ["context", event.key, q], queryFn: ({ signal }) => get<EventContext>(`/api/v1/events/${encodeURIComponent(event.key)}/context`, { q, limit: 15 }, signal) });
  const here = useRef<HTMLLIElement>(null);
  useEffect(() => {
    here.current?.scrollIntoView({ block: "nearest" });
  }, [context.data]);
  return (
    <>
      {scope ? (
        <div className={classes.scope}>
          <Button size="compact-xs" variant={isAll ? "default" : "filled"} onClick={() => setAll(false)}>
            of {scope.name}
          </Button>
          <Button size="compact-xs" variant={isAll ? "filled" : "default"} onClick={() => setAll(true)}>
            of everything
          </Button>
        </div>
      ) : null}
      <Answer query={context}>
        {({ earlier, later }) => (
          <ol className={classes.context} aria-label="Events around it, newest first">
            {[...later].reverse().map((one) => (
              <Neighbour key={one.key} event={one} />
            ))}
            <li ref={here} aria-current="true" className={classes.here}>
              <Line event={event} />
            </li>
            {earlier.map((one) => (
              <Neighbour key={one.key} event={one} />
            ))}
          </ol>
        )}
      </Answer>
    </>
  );
}

const Neighbour = ({ event }: { event: EventItem }) => (
  <li>
    <Link to="/explore" search={(now) => ({ ...now, open: event.key })}>
      <Line event={event} />
    </Link>
  </li>
);

const Line = ({ event }: { event: EventItem }) => (
  <>
    <span className={classes.when}>{clock(event.occurredAt)}</span>
    <StateMark state={stateOfEvent(event)} words={event.outcome ?? "unknown"} />
    <EventText text={event.summary || event.detailType || "an event"} isLine />
  </>
);
