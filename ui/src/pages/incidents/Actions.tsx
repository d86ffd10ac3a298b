import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useSession } from "../../api/queries";
import type { IncidentItem } from "../../api/types";
import { useKeys } from "../../frame/keys";
import { Failing } from "../../parts/Answer";
import { matchersOf } from "../rules/silences";
import { nameKey, useAct, type Verb } from "./incidents";
import classes from "./Incidents.module.css";

/** What people do with an incident: by a button, or by a key. */
export function Actions({ incident }: { incident: IncidentItem }) {
  const session = useSession();
  const act = useAct(incident.id);
  const [text, setText] = useState("");
  const [assignee, setAssignee] = useState(incident.assignee);
  const [name, setName] = useState(() => localStorage.getItem(nameKey) ?? "");
  const isOpen = incident.state === "firing" || incident.state === "acknowledged";
  const mayAct = session.data?.role !== "viewer";
  const run = (verb: Verb, more: { text?: string; assignee?: string } = {}) => {
    if (mayAct && !act.isPending) act.mutate({ verb, ...more }, { onSuccess: () => setText("") });
  };
  const said = text.trim() === "" ? {} : { text: text.trim() };
  useKeys(incident.state === "firing" ? { a: () => run("acknowledge", said) } : {});
  if (!mayAct) return <p className={classes.dim}>This token only looks; acknowledging and commenting takes one with the role operator.</p>;
  return (
    <div className={classes.say}>
      {act.error ? <Failing failure={act.error} /> : null}
      <textarea aria-label="What to say of it" placeholder="A remark, for everybody who looks at it" value={text} maxLength={2_000} onChange={(event) => setText(event.currentTarget.value)} />
      <div className={classes.actions}>
        {incident.state === "firing" ? (
          <Button size="compact-sm" loading={act.isPending} onClick={() => run("acknowledge", said)} title="Nobody is told of it again until it is resolved (a)">
            acknowledge
          </Button>
        ) : null}
        {isOpen ? (
          <Button size="compact-sm" variant="default" onClick={() => run("resolve", said)} title="It is over, and whoever was told of it is told that">
            resolve
          </Button>
        ) : incident.state === "synthetic" ? null : (
          <Button size="compact-sm" variant="default" onClick={() => run("reopen", said)} title="It goes on after all, and is told anew">
            reopen
          </Button>
        )}
        {isOpen ? (
          <Button size="compact-sm" variant="default" renderRoot={(props) => <Link to="/rules" search={{ show: "silences", matchers: matchersOf(incident) }} {...props} />} title="Nobody is told of it and what is like it for a while">
            silence …
          </Button>
        ) : null}
        <Button size="compact-sm" variant="default" disabled={text.trim() === ""} onClick={() => run("comments", said)}>
          comment
        </Button>
        <input aria-label="Who sees to it" placeholder="who sees to it" size={14} value={assignee} maxLength={100} onChange={(event) => setAssignee(event.currentTarget.value)} />
        <Button size="compact-sm" variant="default" disabled={assignee.trim() === incident.assignee} onClick={() => run("assign", { assignee: assignee.trim() })}>
          assign
        </Button>
        {session.data?.name === "" ? (
          <input
            aria-label="Your name"
            placeholder="your name"
            size={12}
            value={name}
            maxLength={100}
            onChange={(event) => {
              setName(event.currentTarget.value);
              localStorage.setItem(nameKey, event.currentTarget.value.trim());
            }}
          />
        ) : null}
      </div>
    </div>
  );
}
