/** What a state is called, everywhere. One meaning each; colour, shape and word always come together, so that none has to be told by colour alone. */
export type State = "healthy" | "progress" | "warning" | "failing" | "unknown" | "routine";

export interface StateLook {
  /** The word a person reads. */
  word: string;
  /** The name of the shape that `StateMark` draws. */
  shape: "circle" | "half" | "triangle" | "square" | "ring" | "dash";
  /** The custom property that holds its colour for text and marks, for both themes (`styles/theme.css`). */
  colour: string;
}

export const states: Record<State, StateLook> = {
  healthy: { word: "healthy", shape: "circle", colour: "var(--state-healthy)" },
  progress: { word: "in progress", shape: "half", colour: "var(--state-progress)" },
  warning: { word: "warning", shape: "triangle", colour: "var(--state-warning)" },
  failing: { word: "failing", shape: "square", colour: "var(--state-failing)" },
  unknown: { word: "unknown", shape: "ring", colour: "var(--state-unknown)" },
  routine: { word: "routine", shape: "dash", colour: "var(--state-routine)" },
};

/** The state that an event's outcome and severity stand for. */
export function stateOfEvent(event: { outcome?: string | undefined; severity?: string | undefined }): State {
  switch (event.outcome) {
    case "failure":
      return event.severity === "warning" || event.severity === "info" ? "warning" : "failing";
    case "routine":
      return event.severity === "warning" ? "warning" : "routine";
    case "info":
      return "progress";
    default:
      return "unknown";
  }
}

/** The state that a value of the field `outcome` stands for. */
export function stateOfOutcome(outcome: string | null): State {
  return stateOfEvent({ outcome: outcome ?? undefined });
}
