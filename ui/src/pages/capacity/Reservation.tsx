import { useEffect, useId, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { Answer } from "../../parts/Answer";
import { visible } from "../../parts/EventText";
import { tick } from "../../parts/Histogram";
import { plural } from "../../parts/words";
import { shortMoment } from "../../time/time";
import { useHistory, type CapacityHistory } from "./useCapacity";
import classes from "./Capacity.module.css";

const height = 150;

/** What is drawn, each with its ink. */
const lines = [
  { name: "CPU", key: "cpuReservation", ink: "--state-progress" },
  { name: "memory", key: "memoryReservation", ink: "--accent" },
] as const;

/** How much was reserved over the page's time, and where tasks could not be placed. */
export function Reservation({ id }: { id: string }) {
  const history = useHistory(id);
  return (
    <section aria-labelledby="reserved">
      <h2 id="reserved">Reserved over time</h2>
      <Answer query={history}>{(data) => <Chart data={data} />}</Answer>
    </section>
  );
}

function Chart({ data }: { data: CapacityHistory }) {
  const holder = useRef<HTMLDivElement>(null);
  const caption = useId();
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    let plot: uPlot | undefined;
    const draw = () => {
      plot?.destroy();
      plot = new uPlot(optionsOf(element, data), seriesOf(data), element);
    };
    draw();
    const sizes = new ResizeObserver(() => {
      if (plot && element.clientWidth > 0 && plot.width !== element.clientWidth) plot.setSize({ width: element.clientWidth, height });
    });
    sizes.observe(element);
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
    return () => {
      sizes.disconnect();
      themes.disconnect();
      plot?.destroy();
    };
  }, [data]);
  const failures = data.placementFailures.length + data.placementFailuresLeftOut;
  return (
    <figure className={classes.chart} aria-labelledby={caption}>
      <figcaption className={classes.legend}>
        {lines.map((line) => (
          <span key={line.name}>
            <span className={classes.swatch} style={{ background: `var(${line.ink})` }} />
            {line.name}, per cent
          </span>
        ))}
        {failures > 0 ? (
          <span>
            <span className={classes.swatch} style={{ background: "var(--state-failing)" }} />
            {failures === 1 ? "once" : `${failures.toLocaleString("en")} times`} a task could not be placed
          </span>
        ) : null}
        {data.note ? <bdi className={classes.dim}>{visible(data.note)}</bdi> : null}
        {data.cutAt ? <span className={classes.warned}>There was too much to read: it ends at {shortMoment(data.cutAt)}.</span> : null}
      </figcaption>
      <div ref={holder} style={{ height }} aria-hidden="true" />
      <HistoryTable id={caption} data={data} />
    </figure>
  );
}

/** The same numbers, of at most a dozen moments. */
function HistoryTable({ id, data }: { id: string; data: CapacityHistory }) {
  const step = Math.max(1, Math.ceil(data.items.length / 12));
  return (
    <div className="visually-hidden">
      <table>
        <caption id={id}>
          Reserved from {shortMoment(data.from)} to {shortMoment(data.to)}
        </caption>
        <thead>
          <tr>
            <th scope="col">at</th>
            <th scope="col">instances</th>
            {lines.map((line) => (
              <th scope="col" key={line.name}>
                {line.name}, per cent
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.items
            .filter((_, index) => index % step === 0)
            .map((moment) => (
              <tr key={moment.at}>
                <th scope="row">{shortMoment(moment.at)}</th>
                <td>{moment.instances ?? "not known"}</td>
                {lines.map((line) => (
                  <td key={line.name}>{moment[line.key] ?? "not known"}</td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

// Where nothing is known there is a gap, and no line over it.
const seriesOf = (data: CapacityHistory): uPlot.AlignedData =>
  [data.items.map((moment) => Date.parse(moment.at) / 1_000), ...lines.map((line) => data.items.map((moment) => (moment.isKnown ? (moment[line.key] ?? null) : null)))] as uPlot.AlignedData;

function optionsOf(element: HTMLElement, data: CapacityHistory): uPlot.Options {
  const styles = getComputedStyle(element);
  const ink = (name: string): string => styles.getPropertyValue(name).trim();
  const [start, end] = [Date.parse(data.from), Date.parse(data.to)];
  const axis = { stroke: ink("--mantine-color-dimmed"), font: "11px 'Inter Variable', sans-serif", grid: { stroke: ink("--line"), width: 1 }, ticks: { show: false } };
  return {
    width: Math.max(element.clientWidth, 50),
    height,
    padding: [6, 2, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 6 }, y: false },
    scales: { x: { time: true, range: [start / 1_000, end / 1_000] }, y: { range: [0, 100] } },
    axes: [
      { ...axis, grid: { show: false }, size: 22, gap: 4, space: 84, values: (_, splits) => splits.map((split, index) => tick(split * 1_000, splits[index - 1], end - start)) },
      { ...axis, size: 44, gap: 4, splits: [0, 25, 50, 75, 100], values: (_, splits) => splits.map((split) => `${split} %`) },
    ],
    series: [{}, ...lines.map((line) => ({ label: line.name, stroke: ink(line.ink), width: 2, points: { show: false }, spanGaps: false }))],
    hooks: { draw: [(plot) => markFailures(plot, data, ink("--state-failing"))], setCursor: [(plot) => tell(plot, data)] },
  };
}

// A line from the top at each moment when ECS could not place a task.
function markFailures(plot: uPlot, data: CapacityHistory, ink: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = ink;
  const dots = window.devicePixelRatio || 1;
  for (const mark of data.placementFailures) {
    const x = plot.valToPos(Date.parse(mark.at) / 1_000, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.fillRect(x - dots, bbox.top, 2 * dots, 10 * dots);
  }
  ctx.restore();
}

// A small box beside the pointer. Text only: names come from events.
function tell(plot: uPlot, data: CapacityHistory): void {
  let box = plot.over.querySelector<HTMLDivElement>(`.${classes.told}`);
  const moment = data.items[plot.cursor.idx ?? -1];
  if (!moment || (plot.cursor.left ?? -1) < 0) {
    box?.remove();
    return;
  }
  if (!box) {
    box = document.createElement("div");
    box.className = `${classes.told} ${classes.lines}`;
    plot.over.append(box);
  }
  const at = Date.parse(moment.at);
  const half = (Date.parse(data.to) - Date.parse(data.from)) / Math.max(1, data.items.length - 1) / 2;
  const marks = data.placementFailures.filter((mark) => Math.abs(Date.parse(mark.at) - at) <= half).slice(0, 4);
  box.textContent = [
    shortMoment(at),
    ...(moment.isKnown ? [`${plural(moment.instances ?? 0, "instance")}, ${plural(moment.tasks ?? 0, "task")}`, ...lines.map((line) => `${line.name} ${moment[line.key] === undefined ? "not known" : `${moment[line.key]} %`}`)] : ["nothing is known of it"]),
    ...marks.map((mark) => visible(`${mark.serviceName}: ${mark.code}`.slice(0, 80))),
  ].join("\n");
  const left = plot.cursor.left ?? 0;
  const isRight = left > plot.over.clientWidth / 2;
  box.style.left = isRight ? "" : `${left + 12}px`;
  box.style.right = isRight ? `${plot.over.clientWidth - left + 12}px` : "";
}
