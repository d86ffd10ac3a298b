import { visible } from "../../parts/EventText";
import { EventsLink } from "../../parts/places";
import { StateMark } from "../../parts/StateMark";
import type { Standing } from "./states";

/** A row's state with its word, why on hover; a click asks for the events that made it so, which are the failures where it is bad. */
export function StateCell({ standing, values }: { standing: Standing; values: Record<string, string | undefined> }) {
  const isBad = standing.state === "failing" || standing.state === "warning";
  return (
    <span title={visible(standing.why.slice(0, 400)) || undefined}>
      <EventsLink values={{ ...values, ...(isBad ? { outcome: "failure" } : {}) }} isAside>
        <StateMark state={standing.state} words={standing.word} withWords />
      </EventsLink>
    </span>
  );
}
