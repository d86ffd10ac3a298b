import { Button } from "@mantine/core";
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { useKeys } from "../frame/keys";
import { plural } from "./words";
import classes from "./ResourceTable.module.css";

export interface Column<T> {
  name: string;
  /** Its track of the grid. */
  width: string;
  cell: (item: T) => ReactNode;
  /** What the API calls its order; without one it cannot be sorted by. */
  sort?: string;
  /** Times and numbers: the greatest first when it is sorted by. */
  isDescending?: boolean;
  isNumber?: boolean;
  /** The table's width from which on there is room for it. */
  from?: number;
}

export interface ResourceTableProps<T> {
  label: string;
  items: readonly T[];
  columns: readonly Column<T>[];
  keyOf: (item: T) => string;
  /** A row where there is no room for columns: two lines. */
  narrow: (item: T) => ReactNode;
  sort: string;
  onSort: (sort: string) => void;
  hasMore: boolean;
  isAsking: boolean;
  onMore: () => void;
  /** Under this name the place in the table is kept, for when one comes back. */
  placeKey: string;
  end: ReactNode;
}

const rowHeight = 28;
const narrowRowHeight = 56;
const narrowBelow = 640;
/** What stands around the rows: the header, the line at the end, the border. */
const frameHeight = 29 + 40 + 2;
/** So many rows before the end the next page is asked for. */
const ahead = 40;

/** Rows of any number, of which only those in sight are in the page. What comes or goes does not move what is looked at. */
export function ResourceTable<T>({ label, items, columns, keyOf, narrow, sort, onSort, hasMore, isAsking, onMore, placeKey, end }: ResourceTableProps<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: sized, width } = useElementSize<HTMLDivElement>();
  const ref = useMergedRef(scroller, sized);
  const room = width === 0 ? window.innerWidth : width;
  const isNarrow = room < narrowBelow;
  const height = isNarrow ? narrowRowHeight : rowHeight;
  const shown = columns.filter((column) => room >= (column.from ?? 0));
  const template = shown.map((column) => column.width).join(" ");
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 10,
    initialOffset: () => Number(sessionStorage.getItem(placeKey) ?? 0),
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
  });
  useEffect(() => rows.measure(), [rows, height]);
  const inSight = rows.getVirtualItems();
  const last = inSight.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isAsking && last > items.length - ahead) onMore();
  }, [hasMore, isAsking, last, items.length, onMore]);

  const { newAbove, keepPlace } = useHeldPlace(scroller, items, keyOf, height);
  const focused = (): number => Number((document.activeElement as HTMLElement | null)?.closest("[data-index]")?.getAttribute("data-index") ?? -1);
  const go = (by: 1 | -1) => {
    const next = Math.max(0, Math.min(items.length - 1, focused() + by));
    rows.scrollToIndex(next, { align: "auto" });
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"] a:not([data-aside])`)?.focus());
  };
  useKeys({ j: () => go(1), k: () => go(-1) });

  return (
    <div className={classes.holder}>
      {newAbove > 0 ? (
        <Button size="compact-sm" className={classes.arrived ?? ""} onClick={() => scroller.current?.scrollTo(0, 0)}>
          {plural(newAbove, "new row")} above: show
        </Button>
      ) : null}
      <div
        ref={ref}
        className={classes.scroller}
        // Short lists end where they end.
        style={{ maxHeight: rows.getTotalSize() + frameHeight }}
        role="table"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={hasMore ? -1 : items.length + 1}
        data-narrow={isNarrow || undefined}
        onScroll={(event) => {
          sessionStorage.setItem(placeKey, String(event.currentTarget.scrollTop));
          keepPlace();
        }}
      >
        <div role="rowgroup" className={classes.header}>
          <div role="row" aria-rowindex={1} className={classes.row} style={{ gridTemplateColumns: isNarrow ? "1fr" : template }}>
            {isNarrow ? (
              <span role="columnheader">{label}</span>
            ) : (
              shown.map((column) => <Head key={column.name} column={column} sort={sort} onSort={onSort} />)
            )}
          </div>
        </div>
        <div role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
          {inSight.map((row) => {
            const item = items[row.index];
            if (item === undefined) return null;
            return (
              <div
                key={row.key}
                role="row"
                aria-rowindex={row.index + 2}
                data-index={row.index}
                className={classes.row}
                style={{ gridTemplateColumns: isNarrow ? "minmax(0, 1fr)" : template, height, transform: `translateY(${row.start}px)` }}
              >
                {isNarrow ? (
                  <div role="cell" className={classes.narrow}>
                    {narrow(item)}
                  </div>
                ) : (
                  shown.map((column) => (
                    <div role="cell" key={column.name} className={classes.cell} data-number={column.isNumber || undefined}>
                      {column.cell(item)}
                    </div>
                  ))
                )}
              </div>
            );
          })}
        </div>
        <div className={classes.end}>{end}</div>
      </div>
    </div>
  );
}

function Head<T>({ column, sort, onSort }: { column: Column<T>; sort: string; onSort: (sort: string) => void }) {
  const name = column.sort;
  if (name === undefined)
    return (
      <span role="columnheader" data-number={column.isNumber || undefined}>
        {column.name}
      </span>
    );
  const direction = sort === name ? "ascending" : sort === `-${name}` ? "descending" : undefined;
  const [first, second] = column.isDescending ? [`-${name}`, name] : [name, `-${name}`];
  // A third click leaves the order to the table again.
  const next = sort === first ? second : sort === second ? "" : first;
  return (
    <span role="columnheader" aria-sort={direction ?? "none"} data-number={column.isNumber || undefined}>
      <button type="button" onClick={() => onSort(next)}>
        {column.name}
        <span aria-hidden="true">{direction === "ascending" ? " ↑" : direction === "descending" ? " ↓" : ""}</span>
      </button>
    </span>
  );
}

/** Holds the first row in sight where it is while rows come and go above it, as long as somebody has scrolled, points at the table or has the focus in it. */
function useHeldPlace<T>(scroller: React.RefObject<HTMLDivElement | null>, items: readonly T[], keyOf: (item: T) => string, height: number) {
  const top = useRef<{ key: string; index: number } | undefined>(undefined);
  const [newAbove, setNewAbove] = useState(0);
  const shown = useRef(items);
  const keepPlace = () => {
    const element = scroller.current;
    if (!element) return;
    const index = Math.floor(element.scrollTop / height);
    const item = shown.current[index];
    top.current = item === undefined ? undefined : { key: keyOf(item), index };
    if (element.scrollTop < height) setNewAbove(0);
  };
  useLayoutEffect(() => {
    const [element, was] = [scroller.current, top.current];
    const before = shown.current;
    shown.current = items;
    if (before === items) return;
    if (element && was && (element.scrollTop > 0 || element.matches(":hover, :focus-within"))) {
      const index = items.findIndex((item) => keyOf(item) === was.key);
      if (index >= 0 && index !== was.index) {
        element.scrollTop += (index - was.index) * height;
        const known = new Set(before.map(keyOf));
        const come = items.slice(0, index).filter((item) => !known.has(keyOf(item))).length;
        if (come > 0) setNewAbove((count) => count + come);
        top.current = { key: was.key, index };
        return;
      }
    }
    keepPlace();
  }, [items]);
  return { newAbove, keepPlace };
}
