import { stateOfEvent, states } from "../state";

/** Colours of series that are no state: hues that no state has, and not too loud beside one another. */
const plain = ["#7a68c9", "#4a93a8", "#b0699c", "#7f8f3d", "#97755a", "#5f7fc4", "#a35c6b", "#4f9a78", "#8c7fb0", "#9a8a3a"];

/** A severity in the words of a state. */
const severities: Record<string, string> = {
  critical: states.failing.colour,
  error: states.failing.colour,
  warning: states.warning.colour,
  info: states.routine.colour,
};

/** The colour of one value of a field: that of its state where the field is one, otherwise one by its place. */
export function colourOfSeries(by: string | undefined, value: string | null, index: number): string {
  if (value === null) return "var(--mantine-color-dimmed)";
  if (by === "outcome") return value === "info" ? "var(--series-info)" : value === "routine" ? "var(--series-routine)" : states[stateOfEvent({ outcome: value })].colour;
  if (by === "severity") return severities[value] ?? states.unknown.colour;
  return plain[index % plain.length] ?? "var(--mantine-color-dimmed)";
}
