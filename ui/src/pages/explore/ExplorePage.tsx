import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { ApiProblem, get } from "../../api/client";
import { useFields } from "../../api/queries";
import type { EventItem, EventPage, HistogramAnswer } from "../../api/types";
import { Answer, Failing, Loading, useLasting } from "../../parts/Answer";
import { Histogram, layersOf } from "../../parts/Histogram";
import { Sentence } from "../../parts/Sentence";
import { QueryMistakes } from "../../frame/QueryMistakes";
import { tellQueryProblem } from "../../query/problem";
import { labelOf } from "../../time/time";
import { usePageTime } from "../../time/useTime";
import { BreakDown } from "./BreakDown";
import { EventList } from "./EventList";
import { FieldsPanel } from "./FieldsPanel";
import { Flyout } from "./Flyout";
import { NothingFound } from "./NothingFound";
import { Pills } from "./Pills";
import { Toolbar } from "./Toolbar";
import { useExplore } from "./useExplore";
import { useTail } from "./useTail";
import classes from "./ExplorePage.module.css";

const pageSize = 200;
/** Counts of what moves are asked for anew so often. */
const refetchMilliseconds = 10_000;

const hours: Record<string, number> = { "15m": 0.25, "1h": 1, "6h": 6, "24h": 24, "7d": 168, "30d": 720 };

/** Events that a query finds: how many when, which fields and values, and each in words. */
export function ExplorePage() {
  const explore = useExplore();
  const { q } = explore;
  const { time, api, isLive, setTime } = usePageTime();
  const [isFollowing, follow] = useState(false);
  const [isFieldsOpen, openFields] = useState(false);
  const refetch = isLive ? refetchMilliseconds : false;

  const pages = useInfiniteQuery({
    queryKey: ["events", q, api],
    queryFn: ({ pageParam, signal }) => get<EventPage>("/api/v1/events", { q, ...api, limit: pageSize, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
  const histogram = useQuery({
    queryKey: ["histogram", q, api, explore.by, 120],
    queryFn: ({ signal }) => get<HistogramAnswer>("/api/v1/histogram", { q, ...api, by: explore.by, buckets: 120 }, signal),
    refetchInterval: refetch,
  });
  const fieldList = useFields();
  const fields = useMemo(() => new Map((fieldList.data?.items ?? []).map((field) => [field.name, field])), [fieldList.data]);

  const last = time.mode === "live" ? time.last : undefined;
  const isWithin = useCallback((item: EventItem) => last === undefined || last === "all" || Date.parse(item.occurredAt) >= Date.now() - (hours[last] ?? 0) * 3_600_000, [last]);
  const failure = pages.error;
  const isWrong = failure instanceof ApiProblem && failure.status === 400;
  const tail = useTail(q, isLive && !isWrong, isFollowing, isWithin);
  useEffect(() => tellQueryProblem(q, isWrong ? failure : undefined), [q, isWrong, failure]);
  useEffect(() => () => tellQueryProblem("", undefined), []);

  const items = useMemo(() => {
    const stored = (pages.data?.pages ?? []).flatMap((page) => page.items);
    const there = new Set(stored.map((item) => item.key));
    return [...tail.shown.filter((item) => !there.has(item.key)), ...stored];
  }, [pages.data, tail.shown]);
  const opened = useMemo(() => items.find((item) => item.key === explore.open), [items, explore.open]);
  const more = useCallback(() => void pages.fetchNextPage(), [pages.fetchNextPage]);
  // One place for each thing that is asked, so that opening a row does not move the list.
  const placeKey = `explore ${q} ${JSON.stringify(api)}`;
  const isDimmed = useLasting(pages.isPlaceholderData && pages.isFetching);
  const isNothing = pages.data !== undefined && !pages.isPlaceholderData && items.length === 0;
  const { show } = tail;
  // Nothing is pushed away by the first that come.
  useEffect(() => {
    if (isNothing && tail.waiting.length > 0) show();
  }, [isNothing, tail.waiting.length, show]);
  const cut = pages.data?.pages.find((page) => page.cut !== null)?.cut ?? histogram.data?.cut;

  return (
    <div className={classes.page} data-open={explore.open ? true : undefined} data-nothing={(isNothing && q === "") || undefined}>
      <div className={classes.top}>
        <Summary histogram={histogram.isPlaceholderData ? undefined : histogram.data} by={explore.by} label={labelOf(time)} q={q} isWrong={isWrong} />
        {isWrong ? null : <Toolbar explore={explore} time={api} isLive={isLive} isFollowing={isFollowing} onFollow={follow} tail={tail} />}
      </div>
      <Pills explore={explore} />
      {isWrong || (failure && !histogram.data) ? null : (
        <div className={classes.chart}>
          <Answer query={histogram} loading={<div className={classes.chartSpace}><Loading words="Counting" /></div>}>
            {(data) => data.total === 0 ? null : (
              <>
                <BreakDown explore={explore} layers={layersOf(data, explore.by)} fields={fieldList.data?.items ?? []} />
                <Histogram data={data} {...(explore.by ? { by: explore.by } : {})} onBrush={(from, to) => setTime({ mode: "range", from, to })} />
              </>
            )}
          </Answer>
        </div>
      )}
      {cut ? <p className={classes.quiet} role="status">Not all of it: {cut}</p> : null}
      {isWrong ? (
        <QueryMistakes query={q} problem={failure} isInline />
      ) : failure ? (
        <Failing failure={failure} {...(pages.data ? { answeredAt: pages.dataUpdatedAt } : {})} onRetry={() => void pages.refetch()} />
      ) : null}
      <div className={classes.body}>
        <div className={classes.fields} data-open={isFieldsOpen || undefined}>
          <Button className={classes.fieldsButton ?? ""} size="compact-sm" variant="default" onClick={() => openFields(!isFieldsOpen)} aria-expanded={isFieldsOpen}>
            {isFieldsOpen ? "Hide the fields" : "Fields"}
          </Button>
          {isWrong || (failure && !fieldList.data) ? null : <FieldsPanel explore={explore} isReady={pages.data !== undefined} refetchMilliseconds={refetch} />}
        </div>
        <div className={classes.results} data-dimmed={isDimmed || undefined} aria-busy={isDimmed}>
          {tail.waiting.length > 0 ? (
            <Button size="compact-sm" className={classes.arrived ?? ""} onClick={tail.show}>
              {tail.waiting.length.toLocaleString("en")}
              {tail.waiting.length >= 2_000 ? " or more" : ""} new {tail.waiting.length === 1 ? "event" : "events"}: show
            </Button>
          ) : null}
          {isNothing ? (
            <NothingFound q={q} />
          ) : pages.data ? (
            <EventList
              key={placeKey}
              items={items}
              explore={explore}
              fields={fields}
              hasMore={pages.hasNextPage}
              isAsking={pages.isFetchingNextPage}
              onMore={more}
              placeKey={placeKey}
              grownAtTop={tail.shown.length}
              end={pages.hasNextPage ? "More are on their way …" : `That is all${isLive ? " so far" : ""}.`}
            />
          ) : failure ? null : (
            <Loading words="Searching" />
          )}
        </div>
        {explore.open ? <Flyout key={explore.open} explore={explore} item={opened} /> : null}
      </div>
      <div className="visually-hidden" role="status" aria-live="polite">
        {tail.waiting.length > 0 ? `${tail.waiting.length} new events` : ""}
        {tail.missed !== 0 ? " Some events went by unseen; search again to see them." : ""}
      </div>
    </div>
  );
}

function Summary({ histogram, by, label, q, isWrong }: { histogram: HistogramAnswer | undefined; by: string; label: string; q: string; isWrong: boolean }) {
  if (isWrong) return <Sentence>The query cannot be read yet.</Sentence>;
  if (!histogram) return <Sentence>Events <span className={classes.quiet}> · {label}</span></Sentence>;
  const { total, series } = histogram;
  const failures = by === "outcome" ? (series.find((one) => one.value === "failure")?.total ?? 0) : undefined;
  const count = total.toLocaleString("en");
  return (
    <Sentence>
      {count} {total === 1 ? "event" : "events"}
      {q === "" ? "" : total === 1 ? " matches" : " match"}
      {failures === undefined || total === 0 ? "" : failures === 0 ? "; none of them a failure" : failures === total ? (total === 1 ? "; it is a failure" : "; all of them failures") : `; ${failures.toLocaleString("en")} of them ${failures === 1 ? "is a failure" : "are failures"}`}
      <span className={classes.quiet}> · {label}</span>
    </Sentence>
  );
}
