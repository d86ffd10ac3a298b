import { Button } from "@mantine/core";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useSession } from "../../api/queries";
import type { SilenceItem, SilencePreview } from "../../api/types";
import { Answer, Empty, Failing } from "../../parts/Answer";
import { EventText } from "../../parts/EventText";
import { Sentence } from "../../parts/Sentence";
import { StateMark } from "../../parts/StateMark";
import { TimeText } from "../../parts/TimeText";
import { plural } from "../../parts/words";
import { nameKey } from "../incidents/incidents";
import { Where } from "../incidents/Where";
import { useExpire, usePreview, useSilence, useSilences, type Wish } from "./silences";
import classes from "../incidents/Incidents.module.css";
import own from "./Rules.module.css";

const durations = ["30m", "1h", "2h", "4h", "8h", "1d", "3d", "7d"] as const;
const looks = { active: "warning", pending: "progress", expired: "unknown" } as const;

/** Silences: what nobody is told of for a while, who says so and why; and a new one, with what it would hide. */
export function Silences() {
  const silences = useSilences();
  const session = useSession();
  return (
    <Answer query={silences}>
      {({ items }) => {
        const active = items.filter((silence) => silence.state === "active").length;
        return (
          <>
            <Sentence state={active > 0 ? "warning" : "healthy"}>{active === 0 ? "Nothing is silenced." : `${plural(active, "silence")} ${active === 1 ? "is" : "are"} active.`}</Sentence>
            {session.data?.role === "viewer" ? <p className={classes.dim}>This token only looks; silencing takes one with the role operator.</p> : <NewSilence isNamed={session.data?.name !== ""} />}
            {items.length === 0 ? (
              <Empty title="There is no silence">
                <p>A silence hides what its matchers hold for until it ends; what still goes on then is told, with a note.</p>
              </Empty>
            ) : (
              <ul className={classes.list} aria-label="Silences">
                {items.map((silence) => (
                  <Silence key={silence.id} silence={silence} mayEnd={session.data?.role !== "viewer"} />
                ))}
              </ul>
            )}
          </>
        );
      }}
    </Answer>
  );
}

function NewSilence({ isNamed }: { isNamed: boolean }) {
  const { matchers } = useSearch({ strict: false });
  const [wish, setWish] = useState<Wish>(() => ({ matchers: matchers ?? "", duration: "2h", comment: "", by: localStorage.getItem(nameKey) ?? "" }));
  const preview = usePreview();
  const silence = useSilence();
  const set = (part: Partial<Wish>) => setWish((before) => ({ ...before, ...part }));
  const isReady = wish.matchers.trim() !== "" && wish.comment.trim() !== "";
  return (
    <form
      className={`${classes.say} ${own.form}`}
      aria-label="A new silence"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) silence.mutate(wish, { onSuccess: () => set({ comment: "" }) });
      }}
    >
      <input
        aria-label="Matchers"
        placeholder="cluster=prod, service=~pay-.*"
        value={wish.matchers}
        onChange={(event) => {
          set({ matchers: event.currentTarget.value });
          preview.reset();
        }}
      />
      <label>
        for{" "}
        <select value={wish.duration} onChange={(event) => set({ duration: event.currentTarget.value })}>
          {durations.map((duration) => (
            <option key={duration}>{duration}</option>
          ))}
        </select>
      </label>
      <input aria-label="Why" placeholder="why" value={wish.comment} maxLength={1_000} onChange={(event) => set({ comment: event.currentTarget.value })} />
      {isNamed ? null : (
        <input
          aria-label="Your name"
          placeholder="your name"
          value={wish.by}
          maxLength={100}
          onChange={(event) => {
            set({ by: event.currentTarget.value });
            localStorage.setItem(nameKey, event.currentTarget.value.trim());
          }}
        />
      )}
      <Button size="compact-sm" variant="default" type="button" disabled={wish.matchers.trim() === ""} loading={preview.isPending} onClick={() => preview.mutate(wish)}>
        what would it hide?
      </Button>
      <Button size="compact-sm" type="submit" disabled={!isReady} loading={silence.isPending}>
        silence
      </Button>
      {(preview.error ?? silence.error) ? <Failing failure={(preview.error ?? silence.error)!} /> : null}
      {preview.data ? <Hidden preview={preview.data} /> : null}
    </form>
  );
}

function Hidden({ preview }: { preview: SilencePreview }) {
  return (
    <div role="status" aria-label="What it would hide">
      {preview.firingCount === 0 ? "Nothing that fires now" : `${plural(preview.firingCount, "incident")} that ${preview.firingCount === 1 ? "fires" : "fire"} now`}, and{" "}
      {preview.lastWeek.toLocaleString("en")}
      {preview.isCut ? " or more" : ""} of the last seven days.
      <ul className={own.outcome}>
        {preview.firing.slice(0, 10).map((incident) => (
          <li key={incident.id}>
            <Link to="/incidents/$incident" params={{ incident: incident.id }}>
              <bdi>{incident.labels.alertname}</bdi>
            </Link>{" "}
            in <Where labels={incident.labels} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Silence({ silence, mayEnd }: { silence: SilenceItem; mayEnd: boolean }) {
  const expire = useExpire();
  return (
    <li className={classes.row}>
      <span>
        <StateMark state={looks[silence.state as keyof typeof looks] ?? "unknown"} words={silence.state} withWords />
      </span>
      <div className={classes.what}>
        <EventText text={silence.matchers.join(", ")} />
        <div className={classes.dim}>
          <EventText text={silence.comment} />
        </div>
        {expire.error ? <Failing failure={expire.error} /> : null}
      </div>
      <div className={classes.aside}>
        <div>
          {silence.state === "pending" ? "from " : silence.state === "expired" ? "ended " : "until "}
          <TimeText at={silence.state === "pending" ? silence.startsAt : silence.endsAt} />
        </div>
        <div className={classes.dim}>
          by <bdi>{silence.createdBy}</bdi>
        </div>
        {mayEnd && silence.state !== "expired" ? (
          <Button size="compact-xs" variant="default" loading={expire.isPending} onClick={() => expire.mutate(silence.id)}>
            end it
          </Button>
        ) : null}
      </div>
    </li>
  );
}
