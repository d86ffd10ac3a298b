import { Button } from "@mantine/core";
import { useState } from "react";
import { useSession } from "../../api/queries";
import type { Rehearsed, RehearsedItem } from "../../api/types";
import { Empty, Failing } from "../../parts/Answer";
import { EventText } from "../../parts/EventText";
import { Sentence } from "../../parts/Sentence";
import { StateMark } from "../../parts/StateMark";
import { TimeText } from "../../parts/TimeText";
import { plural } from "../../parts/words";
import { Where } from "../incidents/Where";
import { useRehearsal } from "./rules";
import classes from "../incidents/Incidents.module.css";
import own from "./Rules.module.css";

const spans = [
  { words: "the last hour", hours: 1 },
  { words: "the last day", hours: 24 },
  { words: "the last week", hours: 168 },
  { words: "the last month", hours: 720 },
] as const;

const example = `rules:
  - use: default
  - name: crash-loop
    count: {event: {crowsnest: {outcome: [failure]}}, at_least: 3, within: 10m, by: [cluster, service]}
    severity: critical
route: {receiver: ops}
receivers: [{name: ops, console_configs: [{}]}]
`;

/** A configuration's rules over what is stored: what would have been told, before it is saved. */
export function TryRules() {
  const session = useSession();
  const rehearsal = useRehearsal();
  const [config, setConfig] = useState(example);
  const [hours, setHours] = useState(24);
  if (session.data?.role === "viewer") return <p className={classes.dim}>This token only looks; trying rules takes one with the role operator.</p>;
  return (
    <>
      <Sentence>What would other rules have told?</Sentence>
      <div className={`${classes.say} ${own.try}`}>
        <textarea aria-label="A configuration to try" spellCheck={false} value={config} onChange={(event) => setConfig(event.currentTarget.value)} rows={14} />
        <div className={classes.actions}>
          <label>
            over{" "}
            <select value={hours} onChange={(event) => setHours(Number(event.currentTarget.value))}>
              {spans.map((span) => (
                <option key={span.hours} value={span.hours}>
                  {span.words}
                </option>
              ))}
            </select>
          </label>
          <Button size="compact-sm" loading={rehearsal.isPending} onClick={() => rehearsal.mutate({ config, from: new Date(Date.now() - hours * 3_600_000).toISOString() })}>
            what would it have told?
          </Button>
          <span className={classes.dim}>Nothing is sent, and nothing changes.</span>
        </div>
      </div>
      {rehearsal.error ? <Failing failure={rehearsal.error} /> : null}
      {rehearsal.data ? <Told told={rehearsal.data} /> : null}
    </>
  );
}

function Told({ told }: { told: Rehearsed }) {
  if (told.events === 0)
    return (
      <Empty title="There is no event in this time">
        <p>Try a longer one.</p>
      </Empty>
    );
  return (
    <>
      <Sentence>
        Over {plural(told.events, "event")}: {plural(told.incidents, "incident")}, {plural(told.messages, "message")}.
      </Sentence>
      <ul className={classes.list} aria-label="What would have been told">
        {told.told.map((item) => (
          <Item key={`${item.notificationId} ${item.incident}`} item={item} />
        ))}
      </ul>
      {told.more > 0 ? <p className={classes.dim}>{told.more.toLocaleString("en")} more are not listed.</p> : null}
    </>
  );
}

function Item({ item }: { item: RehearsedItem }) {
  return (
    <li className={classes.row}>
      <span>
        <StateMark state={item.state === "resolved" ? "healthy" : "failing"} words={item.state} withWords />
      </span>
      <div className={classes.what}>
        <b>
          <bdi>{item.labels.alertname}</bdi>
        </b>{" "}
        in <Where labels={item.labels} />
        <div>
          <EventText text={item.summary} />
        </div>
      </div>
      <div className={classes.aside}>
        <div>
          <TimeText at={item.at} /> to <bdi>{item.receiver}</bdi>
        </div>
        <div className={classes.dim}>{plural(item.count, "failure")}</div>
      </div>
    </li>
  );
}
