import { states, type State } from "../state";

const shapes = {
  circle: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  half: (
    <>
      <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 2a4 4 0 0 1 0 8z" fill="currentColor" />
    </>
  ),
  triangle: <path d="M6 1.2L11.3 10.6H.7z" fill="currentColor" />,
  square: <rect x="1.6" y="1.6" width="8.8" height="8.8" rx="1" fill="currentColor" />,
  ring: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.8" />,
  dash: <rect x="1.2" y="4.9" width="9.6" height="2.2" rx="1.1" fill="currentColor" />,
};

export interface StateMarkProps {
  state: State;
  /** Words to read instead of the state's own, e.g. an outcome. */
  words?: string;
  /** Shows the words beside the mark; otherwise they are there for screen readers and on hover. */
  withWords?: boolean;
}

/** A state: colour, shape and word together. */
export function StateMark({ state, words, withWords = false }: StateMarkProps) {
  const look = states[state];
  const said = words ?? look.word;
  return (
    <span style={{ color: look.colour, whiteSpace: "nowrap" }} title={withWords ? undefined : said}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" style={{ verticalAlign: "-1px" }}>
        {shapes[look.shape]}
      </svg>
      {withWords ? <> {said}</> : <span className="visually-hidden">{said}</span>}
    </span>
  );
}
