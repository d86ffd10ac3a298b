import type { IncidentStep } from "../../api/types";
import { EventText } from "../../parts/EventText";
import { ShortId } from "../../parts/ShortId";
import { StateMark } from "../../parts/StateMark";
import { TimeText } from "../../parts/TimeText";
import type { State } from "../../state";
import classes from "./Incidents.module.css";

const looks: Record<string, State> = { sent: "healthy", joined: "healthy", waiting: "warning", failed: "failing" };

/** What became of an incident, in order: what the events showed, what was sent to whom and whether it arrived, and what people did. */
export function Steps({ steps }: { steps: readonly IncidentStep[] }) {
  return (
    <ol className={classes.steps}>
      {steps.map((step, index) => (
        <li key={`${step.at} ${index}`} className={classes.step}>
          <TimeText at={step.at} exact />
          <span>
            <b>{step.kind}</b>
            {step.by ? (
              <>
                {" "}
                by <bdi>{step.by}</bdi>
              </>
            ) : null}
          </span>
          <div>
            <p>
              {step.kind === "told" ? "receiver " : null}
              <EventText text={step.text} />
            </p>
            {step.deliveries.map((delivery) => (
              <p key={delivery.integration} className={classes.dim}>
                <StateMark state={looks[delivery.state] ?? "unknown"} words={`${delivery.integration}: ${delivery.state}`} withWords /> <TimeText at={delivery.at} />
                {delivery.attempts > 1 ? `, ${delivery.attempts} attempts` : null} {delivery.lastError ? <EventText text={delivery.lastError} /> : null}
                {delivery.toldBy ? <> {delivery.state === "joined" ? "told together with others by message" : "told instead by message"} <ShortId id={delivery.toldBy} length={17} /></> : null}
              </p>
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}
