import { useMediaQuery } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, type ReactNode } from "react";
import type { EventItem, FieldItem } from "../../api/types";
import { useKeys } from "../../frame/keys";
import { EventText, visible } from "../../parts/EventText";
import { KindIcon } from "../../parts/KindIcon";
import { ClusterLink, InstanceLink, ServiceLink, TaskLink } from "../../parts/places";
import { shorten } from "../../parts/ShortId";
import { StateMark } from "../../parts/StateMark";
import { stateOfEvent } from "../../state";
import { clock, shortMoment } from "../../time/time";
import { isInverting } from "./FieldsPanel";
import { valuesOf } from "./fieldsOf";
import type { Explore } from "./useExplore";
import classes from "./EventList.module.css";

const rowHeight = 28;
/** So many rows before the end the next page is asked for. */
const ahead = 40;

export interface EventListProps {
  items: readonly EventItem[];
  explore: Explore;
  fields: ReadonlyMap<string, FieldItem>;
  hasMore: boolean;
  isAsking: boolean;
  onMore: () => void;
  /** Under this name the place in the list is kept, for when one comes back. */
  placeKey: string;
  /** What stands after the last row. */
  end: ReactNode;
  /** Rows that came live were put in at the top: what is looked at must not move. */
  grownAtTop: number;
}

/** Events in words, newest first, however many; only those in sight are in the page. */
export function EventList({ items, explore: asked, fields, hasMore, isAsking, onMore, placeKey, end, grownAtTop }: EventListProps) {
  // A phone, and a list beside an open event, have room for the words alone.
  const isNarrow = useMediaQuery(asked.open ? "(max-width: 1499.9px)" : "(max-width: 599.9px)", undefined, { getInitialValueInEffect: false });
  const explore = isNarrow ? { ...asked, columns: [] } : asked;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    initialOffset: () => Number(sessionStorage.getItem(placeKey) ?? 0),
    getItemKey: (index) => items[index]?.key ?? index,
  });
  const inSight = rows.getVirtualItems();
  const last = inSight.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isAsking && last > items.length - ahead) onMore();
  }, [hasMore, isAsking, last, items.length, onMore]);

  const grown = useRef(grownAtTop);
  useLayoutEffect(() => {
    const by = grownAtTop - grown.current;
    grown.current = grownAtTop;
    const element = scroller.current;
    if (element && by > 0 && element.scrollTop > 0) element.scrollTop += by * rowHeight;
  }, [grownAtTop]);

  const openAt = items.findIndex((item) => item.key === explore.open);
  const focused = (): number => Number((document.activeElement as HTMLElement | null)?.closest("[data-index]")?.getAttribute("data-index") ?? openAt);
  const go = (by: 1 | -1) => {
    const next = Math.max(0, Math.min(items.length - 1, focused() + by));
    rows.scrollToIndex(next, { align: "auto" });
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"] a`)?.focus());
    const item = items[next];
    // With the flyout open, it follows.
    if (explore.open && item) explore.set({ open: item.key }, { replace: true });
  };
  useKeys({ j: () => go(1), k: () => go(-1), Escape: () => explore.open && explore.set({ open: undefined }) });

  const template = `104px minmax(${explore.columns.length > 0 ? 260 : 0}px, 4fr)${explore.columns.map(() => " minmax(84px, 1fr)").join("")}`;
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      role="table"
      tabIndex={0}
      aria-label="Events"
      aria-rowcount={hasMore ? -1 : items.length + 1}
      onScroll={(event) => sessionStorage.setItem(placeKey, String(event.currentTarget.scrollTop))}
    >
      <div role="rowgroup" className={classes.header}>
        <div role="row" aria-rowindex={1} className={classes.row} style={{ gridTemplateColumns: template }}>
          <span role="columnheader">time</span>
          <span role="columnheader">what happened</span>
          {explore.columns.map((name) => (
            <span role="columnheader" key={name} title={fields.get(name)?.description}>
              <bdi>{visible(name)}</bdi>
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
        {inSight.map((row) => {
          const item = items[row.index];
          if (!item) return null;
          return (
            <div
              key={row.key}
              role="row"
              aria-rowindex={row.index + 2}
              data-index={row.index}
              data-open={item.key === explore.open || undefined}
              className={classes.row}
              style={{ gridTemplateColumns: template, transform: `translateY(${row.start}px)` }}
            >
              <EventRow item={item} explore={explore} fields={fields} />
            </div>
          );
        })}
      </div>
      <div className={classes.end}>{end}</div>
    </div>
  );
}

function EventRow({ item, explore, fields }: { item: EventItem; explore: Explore; fields: ReadonlyMap<string, FieldItem> }) {
  const state = stateOfEvent(item);
  return (
    <>
      <time role="cell" className={classes.time} dateTime={item.occurredAt} title={`${shortMoment(item.occurredAt)} · ${item.occurredAt}`}>
        {timeOf(item.occurredAt)}
      </time>
      <span role="cell" className={classes.what} data-quiet={state === "routine" || state === "progress" || undefined}>
        <StateMark state={state} words={item.outcome ?? "unknown"} />
        {item.kind ? <KindIcon kind={item.kind} /> : <span className={classes.noKind} />}
        <Link className={classes.words} to="/explore" search={(now) => ({ ...now, open: item.key })} title={visible((item.summary ?? item.detailType ?? "").slice(0, 600))}>
          <EventText text={item.summary || item.detailType || "an event without a detail-type"} isLine />
        </Link>
        <Where item={item} columns={explore.columns} />
      </span>
      {explore.columns.map((name) => {
        const values = valuesOf(item, name, fields);
        return (
          <span role="cell" key={name} className={classes.value} title={visible(values.join(", ").slice(0, 600))}>
            {values.slice(0, 3).map((value) => (
              <button key={value} type="button" onClick={(event) => explore.filter(name, value.slice(0, 1_000), isInverting(event))}>
                <EventText text={value} isLine />
              </button>
            ))}
          </span>
        );
      })}
    </>
  );
}

/** Where it happened, as far as no column says it; each name opens its page. */
function Where({ item, columns }: { item: EventItem; columns: readonly string[] }) {
  const says = (name: "service" | "cluster" | "task" | "instance"): string => (columns.includes(name) ? "" : (item[name] ?? ""));
  const [service, cluster, task, instance] = [says("service"), says("cluster"), says("task"), item.task ? "" : says("instance")];
  if (!service && !cluster && !task && !instance) return null;
  const place = { ...item, cluster: item.cluster ?? "" };
  return (
    <span className={classes.where}>
      {service ? item.cluster ? <ServiceLink of={place} service={service} /> : <EventText text={service} isLine /> : null}
      {cluster ? (
        <>
          {" "}
          in <ClusterLink of={place} />
        </>
      ) : null}
      {task ? (
        <>
          {" "}
          task <TaskLink task={task} />
        </>
      ) : null}
      {instance ? (
        <>
          {" "}
          instance {item.cluster ? <InstanceLink of={place} instance={instance} /> : <EventText text={shorten(instance, 7)} isLine />}
        </>
      ) : null}
    </span>
  );
}

function timeOf(moment: string): string {
  const text = shortMoment(moment);
  return new Date(moment).toDateString() === new Date().toDateString() ? clock(moment) : text;
}
