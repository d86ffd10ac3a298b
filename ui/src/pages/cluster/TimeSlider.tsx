import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { get } from "../../api/client";
import type { HistogramAnswer } from "../../api/types";
import { lookOfKind } from "../../kinds";
import type { Somewhere } from "../../parts/clusterId";
import { placeOf } from "../../parts/clusterId";
import { visible } from "../../parts/EventText";
import { Histogram } from "../../parts/Histogram";
import { queryFor } from "../../parts/query";
import { colourOfSeries } from "../../parts/seriesColours";
import { shortMoment } from "../../time/time";
import { usePageTime } from "../../time/useTime";
import { failureAfter, failureBefore } from "./failureTimes";
import classes from "./TimeSlider.module.css";

const buckets = 120;
/** The slider has so many places; arrow keys go from one to the next. */
const places = 1_000;
/** Where one stops is where one wants to be: in between, nothing is asked for. */
const restMilliseconds = 300;
const minute = 60_000;

/** All the time that is stored of a cluster, to go through: failures stand under it, and it can be taken from one to the next. */
export function TimeSlider({ of }: { of: Somewhere }) {
  const { moment, isLive, setTime } = usePageTime();
  const all = queryFor(placeOf(of));
  const q = `${all} AND outcome:failure`;
  const refetchInterval = isLive ? minute : (false as const);
  const extent = useQuery({
    queryKey: ["extent", all],
    queryFn: async ({ signal }) => {
      const counted = await get<HistogramAnswer>("/api/v1/histogram", { q: all, buckets: 1 }, signal);
      return counted.total === 0 ? null : { from: Date.parse(counted.from), to: Date.now() };
    },
    refetchInterval,
    staleTime: minute,
    placeholderData: () => undefined,
  });
  const [from, to] = [extent.data?.from, extent.data?.to];
  const failures = useQuery({
    queryKey: ["histogram", q, from, to, "kind", buckets],
    queryFn: ({ signal }) => get<HistogramAnswer>("/api/v1/histogram", { q, from: new Date(from ?? 0).toISOString(), to: new Date(to ?? 0).toISOString(), by: "kind", buckets }, signal),
    enabled: from !== undefined && to !== undefined,
    staleTime: Infinity,
  });
  const go = (at: string | undefined, options?: { replace?: boolean }) => setTime(at === undefined ? { mode: "live", last: "24h" } : { mode: "at", at }, options);
  const [isSeeking, seek] = useState(false);
  /** Where one was when there was no failure before. */
  const [first, setFirst] = useState<string>();
  const jump = async (find: Promise<string | undefined>, orElse: () => void) => {
    seek(true);
    try {
      const found = await find;
      if (found === undefined) orElse();
      else go(found);
    } catch {
      // The lists say it when the server does not answer.
    } finally {
      seek(false);
    }
  };

  if (from === undefined || to === undefined || to <= from) return extent.isPending || extent.data ? <div className={classes.space} /> : null;
  const data = failures.data;
  const shownAt = moment === undefined ? to : Math.min(to, Math.max(from, Date.parse(moment)));
  return (
    <section className={classes.time} aria-label="Time">
      <div className={classes.head}>
        <span className={classes.dim}>
          {data ? (
            <>
              <b>{data.total.toLocaleString("en")}</b> {data.total === 1 ? "event says" : "events say"} that something failed since {shortMoment(from).slice(0, -3)}
            </>
          ) : (
            "Failures over time"
          )}
        </span>
        {data ? <Legend data={data} all={all} /> : null}
        <span className={classes.steps}>
          <span className={classes.dim} role="status">
            {first === (moment ?? "now") ? "No failure is stored before that." : ""}
          </span>
          <Button size="compact-xs" variant="default" disabled={isSeeking} onClick={() => void jump(failureBefore(q, moment ?? new Date(to).toISOString()), () => setFirst(moment ?? "now"))}>
            ← failure before
          </Button>
          <Button size="compact-xs" variant="default" disabled={isSeeking || isLive} onClick={() => void jump(failureAfter(q, moment ?? "", Date.now()), () => go(undefined))}>
            failure after →
          </Button>
        </span>
      </div>
      <div className={classes.track}>
        <Range from={from} to={to} at={shownAt} isLive={isLive} onGo={(at) => go(at, { replace: !isLive })} />
      </div>
      <div className={classes.plot}>
        {data ? <Histogram data={data} by="kind" height={72} onBrush={(start, end) => setTime({ mode: "range", from: start, to: end })} /> : <div className={classes.plotSpace} />}
        {isLive ? null : <i className={classes.playhead} style={{ insetInlineStart: `calc(44px + (100% - 46px) * ${((shownAt - from) / (to - from)).toFixed(5)})` }} aria-hidden="true" />}
      </div>
    </section>
  );
}

function Legend({ data, all }: { data: HistogramAnswer; all: string }) {
  return (
    <ul className={classes.legend} aria-label="Kinds of failures">
      {data.series.slice(0, 4).map((series, index) => (
        <li key={series.value ?? ""}>
          <i style={{ background: colourOfSeries("kind", series.value, index) }} aria-hidden="true" />
          {series.value === null ? (
            "others"
          ) : (
            <Link to="/explore" search={{ q: `${all} AND ${queryFor({ outcome: "failure", kind: series.value })}`, last: "all" }}>
              <bdi>{visible(lookOfKind(series.value).words)}</bdi>
            </Link>
          )}{" "}
          {series.total.toLocaleString("en")}
        </li>
      ))}
    </ul>
  );
}

/** The handle: its right end is now. */
function Range({ from, to, at, isLive, onGo }: { from: number; to: number; at: number; isLive: boolean; onGo: (at: string | undefined) => void }) {
  const step = Math.max(1, (to - from) / places);
  const place = isLive ? places : Math.min(places - 1, Math.round((at - from) / step));
  const [drafted, draft] = useState<number>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const momentOf = (value: number): string | undefined => (value >= places ? undefined : new Date(Math.round((from + value * step) / 1_000) * 1_000).toISOString());
  const words = (value: number): string => {
    const there = value === place && !isLive ? new Date(at).toISOString() : momentOf(value);
    return there === undefined ? "now" : shortMoment(there);
  };
  const value = drafted ?? place;
  return (
    <>
      <input
        type="range"
        className={classes.range}
        aria-label="The moment that is shown"
        aria-valuetext={words(value)}
        min={0}
        max={places}
        step={1}
        value={value}
        onChange={(event) => {
          const next = Number(event.currentTarget.value);
          draft(next);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => {
            draft(undefined);
            onGo(momentOf(next));
          }, restMilliseconds);
        }}
      />
      <output className={classes.words} style={{ insetInlineStart: `clamp(4ch, ${((value / places) * 100).toFixed(2)}%, 100% - 4ch)` }} data-shown={drafted !== undefined || undefined}>
        {words(value)}
      </output>
    </>
  );
}
