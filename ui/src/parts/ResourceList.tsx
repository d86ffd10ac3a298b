import { useCallback, type ReactNode } from "react";
import { itemsOf, type ListQuery } from "../api/resources";
import { TimeText } from "./TimeText";
import { Failing, Loading, useLasting } from "./Answer";
import { visible } from "./EventText";
import { ResourceTable, type ResourceTableProps } from "./ResourceTable";
import classes from "./ResourceList.module.css";

type Given<T> = Pick<ResourceTableProps<T>, "label" | "columns" | "keyOf" | "narrow" | "sort" | "onSort" | "placeKey">;

interface ResourceListProps<T> extends Given<T> {
  query: ListQuery<T>;
  /** What is to be said when it holds nothing. */
  empty: ReactNode;
  /** Puts what is there in another order, for what the server cannot sort by. */
  arrange?: (items: T[]) => T[];
  /** "5 services" */
  count: (items: number) => string;
}

/** A list in each of its states: on its way, there, being renewed (dimmed after 300 ms), empty with why, failed with the last answer and its age. */
export function ResourceList<T>({ query, empty, arrange, count, ...table }: ResourceListProps<T>) {
  const isDimmed = useLasting(query.isPlaceholderData && query.isFetching);
  const { fetchNextPage } = query;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const all = itemsOf(query);
  const items = arrange ? arrange(all) : all;
  const first = query.data?.pages[0];
  return (
    <div className={classes.list} data-dimmed={isDimmed || undefined} aria-busy={isDimmed}>
      {first?.at !== undefined ? <AsItWas since={first.since} note={first.note} /> : null}
      {query.error ? <Failing failure={query.error} {...(query.data ? { answeredAt: query.dataUpdatedAt } : {})} onRetry={() => void query.refetch()} /> : null}
      {query.data === undefined ? (
        query.error ? null : <Loading />
      ) : items.length === 0 ? (
        empty
      ) : (
        <ResourceTable
          {...table}
          key={table.placeKey}
          items={items}
          hasMore={query.hasNextPage}
          isAsking={query.isFetchingNextPage}
          onMore={more}
          end={query.hasNextPage ? "More are on their way …" : `That is all: ${count(items.length)}.`}
        />
      )}
    </div>
  );
}

/** How far what is shown of the past can be trusted. */
function AsItWas({ since, note }: { since: string | null | undefined; note: string | null | undefined }) {
  if (!since && !note) return null;
  return (
    <p className={classes.note} role="note">
      {note ? (
        <bdi>{visible(note)}</bdi>
      ) : since ? (
        <>
          Known since <TimeText at={since} exact />.
        </>
      ) : null}
    </p>
  );
}
