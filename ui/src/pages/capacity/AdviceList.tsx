import type { Place } from "../../api/resources";
import { Answer } from "../../parts/Answer";
import { EventText, visible } from "../../parts/EventText";
import { ServiceLink, TaskLink } from "../../parts/places";
import { TimeText } from "../../parts/TimeText";
import { plural } from "../../parts/words";
import { useAdvice, type Advice } from "./useCapacity";
import { savingWords } from "./words";
import classes from "./Capacity.module.css";

/** So much evidence is shown of each piece; the rest is behind its service. */
const evidenceShown = 5;

/** What services need: each piece of advice with its formula, its evidence, what it saves or costs, its risk, and why not more. */
export function AdviceList({ id, of }: { id: string; of: Place }) {
  const advice = useAdvice(id);
  return (
    <section aria-labelledby="advice">
      <h2 id="advice">Advice</h2>
      <Answer query={advice}>
        {(data) => (
          <>
            {data.items.length === 0 ? <p className={classes.dim}>Nothing that is known of the last {plural(data.windowDays, "day")} asks for another size.</p> : null}
            <ul className={classes.advice}>
              {data.items.map((piece) => (
                <Piece key={`${piece.kind} ${piece.serviceName ?? piece.family ?? ""} ${piece.container ?? ""} ${piece.fargate}`} of={of} piece={piece} />
              ))}
            </ul>
            {data.itemsLeftOut > 0 ? <p className={classes.dim}>{plural(data.itemsLeftOut, "piece")} more {data.itemsLeftOut === 1 ? "is" : "are"} left out.</p> : null}
            {data.notes.map((note) => (
              <p key={note} className={classes.dim}>
                {note}
              </p>
            ))}
          </>
        )}
      </Answer>
    </section>
  );
}

function Piece({ of, piece }: { of: Place; piece: Advice }) {
  const saving = savingWords(piece.saving);
  return (
    <li>
      <details>
        <summary>
          <EventText isLine text={piece.text} />
          {saving ? <span className={classes.dim}> {saving}</span> : null}
        </summary>
        <dl className={classes.reasons}>
          <div>
            <dt>how</dt>
            <dd>
              <bdi>{visible(piece.formula)}</bdi>
            </dd>
          </div>
          {piece.usage ? (
            <div>
              <dt>used</dt>
              <dd>
                <bdi>{visible(piece.usage)}</bdi>
              </dd>
            </div>
          ) : null}
          <div>
            <dt>risk</dt>
            <dd>{piece.risk}</dd>
          </div>
          <div>
            <dt>why not more</dt>
            <dd>{piece.whyNotMore}</dd>
          </div>
          <div>
            <dt>evidence</dt>
            <dd>
              {piece.evidenceTotal === 0 ? "reservations alone" : null}
              <ul>
                {piece.evidence.slice(0, evidenceShown).map((one) => (
                  <li key={one.taskId}>
                    <TaskLink task={one.taskId} /> <TimeText at={one.at} /> <EventText isLine text={one.text} />
                  </li>
                ))}
              </ul>
              {piece.evidenceTotal > evidenceShown ? (
                <span className={classes.dim}>
                  and {(piece.evidenceTotal - Math.min(evidenceShown, piece.evidence.length)).toLocaleString("en")} more{piece.serviceName ? <> in <ServiceLink of={of} service={piece.serviceName} /></> : null}
                </span>
              ) : null}
            </dd>
          </div>
        </dl>
      </details>
    </li>
  );
}
