import { Button } from "@mantine/core";
import { useSession } from "../../api/queries";
import type { ReceiverItem } from "../../api/types";
import { Answer, Empty, Failing } from "../../parts/Answer";
import { EventText } from "../../parts/EventText";
import { Sentence } from "../../parts/Sentence";
import { StateMark } from "../../parts/StateMark";
import { TimeText } from "../../parts/TimeText";
import { plural } from "../../parts/words";
import { useReceivers, useReceiverTest } from "./rules";
import classes from "../incidents/Incidents.module.css";
import own from "./Rules.module.css";

/** Who is told, how their latest messages fared, and a sample to try them. */
export function Receivers() {
  const receivers = useReceivers();
  return (
    <Answer query={receivers}>
      {({ items }) => {
        const troubled = items.filter((receiver) => receiver.integrations.some((one) => one.failed > 0 || one.waiting > 0)).length;
        return (
          <>
            <Sentence state={troubled > 0 ? "warning" : "healthy"}>
              {plural(items.length, "receiver")}{troubled > 0 ? `, ${troubled.toLocaleString("en")} with messages that did not arrive` : ", and every message has arrived"}.
            </Sentence>
            {items.length === 0 ? (
              <Empty title="There is no receiver">
                <p>'receivers:' in crowsnest.yaml names them.</p>
              </Empty>
            ) : (
              <ul className={classes.list} aria-label="Receivers">
                {items.map((receiver) => (
                  <Receiver key={receiver.name} receiver={receiver} />
                ))}
              </ul>
            )}
          </>
        );
      }}
    </Answer>
  );
}

function Receiver({ receiver }: { receiver: ReceiverItem }) {
  const session = useSession();
  const test = useReceiverTest();
  const isWell = receiver.integrations.every((one) => one.failed === 0 && one.waiting === 0);
  return (
    <li className={classes.row}>
      <span>
        <StateMark state={isWell ? "healthy" : "warning"} words={isWell ? "well" : "trouble"} withWords />
      </span>
      <div className={classes.what}>
        <b>
          <bdi>{receiver.name}</bdi>
        </b>
        {receiver.integrations.length === 0 ? <div className={classes.dim}>It has no integration: nobody is told.</div> : null}
        {receiver.integrations.map((one, place) => (
          <div key={`${one.integration} ${place.toString()}`}>
            {one.integration}: {one.lastSentAt ? <>last arrived <TimeText at={one.lastSentAt} /></> : "nothing was sent yet"}
            {one.waiting > 0 ? `, ${one.waiting.toLocaleString("en")} waiting` : ""}
            {one.failed > 0 ? `, ${one.failed.toLocaleString("en")} not delivered` : ""}
            {one.lastError ? (
              <div className={classes.dim}>
                <EventText text={one.lastError} />
              </div>
            ) : null}
          </div>
        ))}
        {test.error ? <Failing failure={test.error} /> : null}
        {test.data ? (
          <ul className={own.outcome} aria-label="What came of the sample">
            {test.data.integrations.map((one, place) => (
              <li key={`${one.integration} ${place.toString()}`}>
                {one.integration}: {one.sent ? "the sample arrived" : <EventText text={one.reason} />}
              </li>
            ))}
          </ul>
        ) : null}
      </div>
      <div className={classes.aside}>
        {session.data?.role === "viewer" ? null : (
          <Button size="compact-sm" variant="default" loading={test.isPending} onClick={() => test.mutate(receiver.name)} title="Sends a sample that says that it is one">
            send a sample
          </Button>
        )}
      </div>
    </li>
  );
}
