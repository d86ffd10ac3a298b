import { colourOfSeries } from "../../parts/seriesColours";
import { workloadsByAmount, type Packing, type Resource } from "./packing";

/** So many workloads have a colour of their own; more hues would not be told apart. */
export const colouredMax = 10;

/** Tasks of the many small workloads. */
export const othersColour = "var(--series-routine)";

/** What is taken by nothing that a task says. */
export const takenColour = "var(--mantine-color-default-border)";

/** The colour of each workload by its name: the largest have one of their own, in both of two pictures the same. */
export function coloursOf(packing: Packing, resource: Resource): Map<string, string> {
  return new Map(workloadsByAmount(packing, resource).slice(0, colouredMax).map((one, index) => [one.name, colourOfSeries(undefined, one.name, index)]));
}
