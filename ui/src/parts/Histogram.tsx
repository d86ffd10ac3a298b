import { useEffect, useId, useMemo, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { HistogramAnswer } from "../api/types";
import { clock, shortMoment } from "../time/time";
import { colourOfSeries } from "./seriesColours";
import classes from "./Histogram.module.css";

export interface HistogramProps {
  data: HistogramAnswer;
  /** The field of the break-down, if there is one: it decides the colours and the words. */
  by?: string;
  height?: number;
  /** A stretch of it was chosen with the pointer. */
  onBrush?: (from: string, to: string) => void;
}

interface Layer {
  name: string;
  colour: string;
  counts: readonly number[];
}

const barWidth = 0.82;

/** Counts over time as stacked bars, chosen from by brushing, and as a table for those who do not see it. */
export function Histogram({ data, by, height = 96, onBrush }: HistogramProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const brushed = useRef(onBrush);
  brushed.current = onBrush;
  const tableId = useId();
  const layers = useMemo(() => layersOf(data, by), [data, by]);

  // The axes' inks are custom properties, read when it is drawn; so a change of theme draws it anew.
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(element, data, layers, height, (from, to) => brushed.current?.(from, to)), stacked(data, layers), element);
    };
    draw();
    const sizes = new ResizeObserver(() => {
      if (plot.current && element.clientWidth > 0 && plot.current.width !== element.clientWidth) plot.current.setSize({ width: element.clientWidth, height });
    });
    sizes.observe(element);
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
    return () => {
      sizes.disconnect();
      themes.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [data, layers, height]);

  return (
    <figure className={classes.figure} aria-labelledby={tableId}>
      <div ref={holder} className={classes.plot} style={{ height }} aria-hidden="true" />
      <HistogramTable id={tableId} data={data} layers={layers} />
    </figure>
  );
}

/** The same numbers, joined to at most a dozen rows. */
function HistogramTable({ id, data, layers }: { id: string; data: HistogramAnswer; layers: readonly Layer[] }) {
  const start = Date.parse(data.from);
  const step = Math.max(1, Math.ceil(data.counts.length / 12));
  const rows = [];
  for (let at = 0; at < data.counts.length; at += step) {
    const sum = (counts: readonly number[]) => counts.slice(at, at + step).reduce((a, b) => a + b, 0);
    rows.push(
      <tr key={at}>
        <th scope="row">{shortMoment(start + at * data.bucketMilliseconds)}</th>
        {layers.map((layer) => (
          <td key={layer.name}>{sum(layer.counts)}</td>
        ))}
        <td>{sum(data.counts)}</td>
      </tr>,
    );
  }
  return (
    <div className="visually-hidden">
      <table>
        <caption id={id}>{data.total.toLocaleString("en")} events over time</caption>
        <thead>
          <tr>
            <th scope="col">from</th>
            {layers.map((layer) => (
              <th scope="col" key={layer.name}>
                {layer.name}
              </th>
            ))}
            <th scope="col">all</th>
          </tr>
        </thead>
        <tbody>{rows}</tbody>
      </table>
    </div>
  );
}

/** The series as they are stacked, the lowest first, each with its colour; what has no value of the field is a series of its own. */
export function layersOf(data: HistogramAnswer, by: string | undefined): Layer[] {
  if (data.series.length === 0) return [{ name: "events", colour: "var(--mantine-color-dimmed)", counts: data.counts }];
  const colours = new Map(data.series.map((series, index) => [series.value, colourOfSeries(by, series.value, index)]));
  const layers = data.series.map((series) => ({ name: series.value ?? "others", colour: colours.get(series.value) ?? "", counts: series.counts }));
  const without = data.counts.map((count, index) => Math.max(0, count - data.series.reduce((sum, series) => sum + (series.counts[index] ?? 0), 0)));
  if (without.some((count) => count > 0)) layers.push({ name: `no ${by ?? "value"}`, colour: "var(--line)", counts: without });
  // What is broken stands on the ground, where its height can be compared.
  return layers.sort((a, b) => order(by, a.name) - order(by, b.name));
}

const outcomes = ["failure", "unknown", "routine", "info"];
const order = (by: string | undefined, name: string): number => (by === "outcome" ? (outcomes.indexOf(name) + outcomes.length) % outcomes.length : 0);

// uPlot draws series one over the other, so each is drawn to the height of all that are below it, the highest first.
function stacked(data: HistogramAnswer, layers: readonly Layer[]): uPlot.AlignedData {
  const start = Date.parse(data.from);
  const times = data.counts.map((_, index) => (start + (index + 0.5) * data.bucketMilliseconds) / 1000);
  const sums: number[][] = [];
  let below = data.counts.map(() => 0);
  for (const layer of layers) {
    below = below.map((sum, index) => sum + (layer.counts[index] ?? 0));
    sums.unshift(below);
  }
  return [times, ...sums] as uPlot.AlignedData;
}

function optionsOf(element: HTMLElement, data: HistogramAnswer, layers: readonly Layer[], height: number, onBrush: (from: string, to: string) => void): uPlot.Options {
  const styles = getComputedStyle(element);
  const ink = (colour: string): string => (colour.startsWith("var(") ? styles.getPropertyValue(colour.slice(4, -1)).trim() : colour);
  const start = Date.parse(data.from);
  const end = start + data.counts.length * data.bucketMilliseconds;
  const axis = { stroke: ink("var(--mantine-color-dimmed)"), font: "11px 'Inter Variable', sans-serif", grid: { stroke: ink("var(--line)"), width: 1 }, ticks: { show: false } };
  // In a few pixels there is no room for gaps between bars.
  const isCrowded = data.counts.length * 3 > element.clientWidth;
  const bars = uPlot.paths.bars?.({ size: [isCrowded ? 1 : barWidth, 64] });
  return {
    width: Math.max(element.clientWidth, 50),
    height,
    padding: [6, 2, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false }, y: false },
    scales: { x: { time: true, range: [start / 1000, end / 1000] }, y: { range: (_, __, max) => [0, Math.max(1, max * 1.06)] } },
    axes: [
      { ...axis, grid: { show: false }, size: 22, gap: 4, space: 84, values: (_, splits) => splits.map((split, index) => tick(split * 1000, splits[index - 1], end - start)) },
      { ...axis, size: 44, gap: 4, space: 24, values: (_, splits) => splits.map((split) => (Number.isInteger(split) ? compact(split) : "")) },
    ],
    series: [{}, ...[...layers].reverse().map((layer) => ({ label: layer.name, fill: ink(layer.colour), width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) }))],
    hooks: {
      setCursor: [(u) => showCounts(u, data, layers)],
      setSelect: [
        (u) => {
          if (u.select.width < 3) return;
          // Whole buckets: what was touched is in.
          const bucket = (pixels: number): number => (u.posToVal(pixels, "x") * 1000 - start) / data.bucketMilliseconds;
          const from = Math.max(0, Math.floor(bucket(u.select.left)));
          const to = Math.min(data.counts.length, Math.ceil(bucket(u.select.left + u.select.width)));
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          onBrush(new Date(start + from * data.bucketMilliseconds).toISOString(), new Date(start + to * data.bucketMilliseconds).toISOString());
        },
      ],
    },
  };
}

// A small box beside the pointer: when, and how many of what. Text only: names come from events.
function showCounts(u: uPlot, data: HistogramAnswer, layers: readonly Layer[]): void {
  let box = u.over.querySelector<HTMLDivElement>(`.${classes.counts}`);
  const index = u.cursor.idx;
  if (index === null || index === undefined || (u.cursor.left ?? -1) < 0) {
    box?.remove();
    return;
  }
  if (!box) {
    box = document.createElement("div");
    box.className = classes.counts ?? "";
    u.over.append(box);
  }
  const lines = [shortMoment(Date.parse(data.from) + index * data.bucketMilliseconds)];
  for (const layer of layers) if ((layer.counts[index] ?? 0) > 0) lines.push(`${(layer.counts[index] ?? 0).toLocaleString("en")} ${layer.name.slice(0, 60)}`);
  if (lines.length === 1) lines.push("no events");
  box.textContent = lines.join("\n");
  const left = u.cursor.left ?? 0;
  const isRight = left > u.over.clientWidth / 2;
  box.style.left = isRight ? "" : `${left + 12}px`;
  box.style.right = isRight ? `${u.over.clientWidth - left + 12}px` : "";
}

/** The time of day, and the date where a new day begins; days alone when there are many. */
export function tick(at: number, before: number | undefined, span: number): string {
  const [day, month] = shortMoment(at).split(" ");
  if (span > 4 * 86_400_000) return `${day} ${month}`;
  const isNewDay = before !== undefined && new Date(before * 1000).getDate() !== new Date(at).getDate();
  return isNewDay ? `${day} ${month}` : clock(at).slice(0, span < 600_000 ? 8 : 5);
}

/** 1200 as 1.2k, so that an axis stays narrow. */
export function compact(count: number): string {
  return Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(count).toLowerCase();
}
