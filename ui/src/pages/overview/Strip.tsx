import { Tooltip } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { HistogramAnswer, StatusDeployment, StatusStrip } from "../../api/types";
import { lookOfKind } from "../../kinds";
import { Histogram } from "../../parts/Histogram";
import { KindIcon } from "../../parts/KindIcon";
import { queryFor } from "../../parts/query";
import { colourOfSeries } from "../../parts/seriesColours";
import { StateMark } from "../../parts/StateMark";
import { plural } from "../../parts/words";
import type { State } from "../../state";
import { clock, shortMoment } from "../../time/time";
import { usePageTime } from "../../time/useTime";
import classes from "./Overview.module.css";

const looks: Record<string, { state: State; word: string }> = {
  failed: { state: "failing", word: "failed" },
  rolledBack: { state: "warning", word: "rolled back" },
  started: { state: "progress", word: "started" },
  completed: { state: "healthy", word: "completed" },
};
/** What matters more speaks for marks that stand at one place. */
const importance = ["failed", "rolledBack", "completed", "started"];
/** A mark and the room that a finger needs. */
const slotWidth = 26;

/** The last six hours: failures by kind, and what deployments did; a stretch that is chosen becomes the page's time. */
export function Strip({ strip }: { strip: StatusStrip }) {
  const { setTime } = usePageTime();
  const histogram = useMemo(() => histogramOf(strip), [strip]);
  return (
    <section aria-labelledby="six-hours">
      <h2 id="six-hours" className={classes.title}>
        Six hours until {clock(strip.to).slice(0, 5)}
        <span className={classes.legend}>
          {strip.kinds.map(({ kind, count }, index) => (
            <span key={kind ?? ""} className={classes.key}>
              <i style={{ background: colourOfSeries("kind", kind, index) }} aria-hidden="true" />
              {kind === null ? (
                "others"
              ) : (
                <Link to="/explore" search={{ q: queryFor({ outcome: "failure", kind }), from: strip.from, to: strip.to }} className={classes.plain}>
                  <bdi>{lookOfKind(kind).words}</bdi>
                </Link>
              )}{" "}
              {count.toLocaleString("en")}
            </span>
          ))}
        </span>
      </h2>
      <Deployments strip={strip} />
      <div className={classes.strip}>
        <Histogram data={histogram} by="kind" height={110} onBrush={(from, to) => setTime({ mode: "range", from, to })} />
      </div>
    </section>
  );
}

function histogramOf(strip: StatusStrip): HistogramAnswer {
  const counts = Array.from({ length: strip.kinds[0]?.counts.length ?? 72 }, (_, at) => strip.kinds.reduce((sum, kind) => sum + (kind.counts[at] ?? 0), 0));
  return {
    from: strip.from,
    bucketMilliseconds: strip.bucketMilliseconds,
    total: counts.reduce((a, b) => a + b, 0),
    counts,
    series: strip.kinds.map(({ kind, count, counts: of }) => ({ value: kind, total: count, counts: of })),
    cut: null,
  };
}

function Deployments({ strip }: { strip: StatusStrip }) {
  const { ref, width } = useElementSize();
  const [from, to] = [Date.parse(strip.from), Date.parse(strip.to)];
  const slots = Math.max(1, Math.floor(width / slotWidth));
  const marks = new Map<number, StatusDeployment[]>();
  for (const deployment of strip.deployments) {
    const slot = Math.min(slots - 1, Math.max(0, Math.floor(((Date.parse(deployment.at) - from) / (to - from)) * slots)));
    marks.set(slot, [...(marks.get(slot) ?? []), deployment]);
  }
  return (
    <div className={classes.lane}>
      <span className={classes.laneName} title="Deployments">
        <KindIcon kind="DeploymentReplaced" isLabelled={false} />
      </span>
      <div ref={ref} className={classes.marks}>
        {strip.deployments.length === 0 ? <span className={classes.dim}>no deployment in these six hours</span> : null}
        {width === 0 ? null : [...marks].sort(([a], [b]) => a - b).map(([slot, deployments]) => <Mark key={slot} left={(slot / slots) * 100} width={100 / slots} deployments={deployments} />)}
      </div>
    </div>
  );
}

function Mark({ left, width, deployments }: { left: number; width: number; deployments: readonly StatusDeployment[] }) {
  const leading = [...deployments].sort((a, b) => importance.indexOf(a.what) - importance.indexOf(b.what))[0];
  if (!leading) return null;
  const look = looks[leading.what] ?? { state: "unknown" as const, word: leading.what };
  const times = deployments.map((one) => Date.parse(one.at));
  const search = { q: 'detailType:"ECS Deployment State Change"', from: new Date(Math.min(...times)).toISOString(), to: new Date(Math.max(...times) + 1).toISOString() };
  const words = `${plural(deployments.length, "deployment event")}: ${look.word} ${leading.service}`;
  return (
    <Tooltip
      multiline
      maw={360}
      label={deployments.slice(0, 10).map((one) => (
        <div key={`${one.id}${one.what}`}>
          {shortMoment(one.at)} <bdi>{one.service}</bdi> in <bdi>{one.cluster}</bdi>: {looks[one.what]?.word ?? one.what}
        </div>
      ))}
    >
      <Link to="/explore" search={search} className={classes.mark} style={{ insetInlineStart: `${left}%`, width: `${width}%` }} aria-label={words}>
        <StateMark state={look.state} words={look.word} />
        {deployments.length > 1 ? <small>{deployments.length}</small> : null}
      </Link>
    </Tooltip>
  );
}
