import classes from "./Sparkline.module.css";

/** Counts over time in a word's room; the numbers stand beside it, so it says nothing to screen readers. */
export function Sparkline({ counts, colour = "currentColor", width = 96, height = 18 }: { counts: readonly number[]; colour?: string; width?: number; height?: number }) {
  const most = Math.max(1, ...counts);
  const step = width / counts.length;
  // Square root: one failure is to be seen beside a hundred.
  const bars = counts.map((count, at) => (count === 0 ? "" : bar(at * step, Math.max(2, Math.sqrt(count / most) * (height - 1)), step, height))).join("");
  return (
    <svg className={classes.spark} width={width} height={height} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={`M0 ${height - 0.5}H${width}`} stroke="var(--line)" />
      <path d={bars} fill={colour} />
    </svg>
  );
}

const bar = (x: number, tall: number, step: number, height: number): string => `M${x.toFixed(1)} ${height}V${(height - tall).toFixed(1)}h${Math.max(1, step - 0.5).toFixed(1)}V${height}z`;
