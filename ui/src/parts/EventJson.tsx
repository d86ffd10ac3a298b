import { Button } from "@mantine/core";
import { useState } from "react";
import type { EventItem } from "../api/types";
import { visible } from "./EventText";
import classes from "./EventJson.module.css";

const shownJson = 60_000;

/** An event as it came, to read and to copy; of a huge one the beginning until more is asked for. */
export function EventJson({ event }: { event: EventItem }) {
  const [isWhole, showWhole] = useState(false);
  const [copied, setCopied] = useState(false);
  const text = JSON.stringify(event.event, null, 2);
  const isLong = text.length > shownJson && !isWhole;
  return (
    <div className={classes.json}>
      <div className={classes.jsonTools}>
        <Button size="compact-xs" variant="default" onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))} onBlur={() => setCopied(false)}>
          {copied ? "copied" : "copy"}
        </Button>
        <a href={`/api/v1/events/${encodeURIComponent(event.key)}`} target="_blank" rel="noreferrer">
          as the API has it
        </a>
      </div>
      <pre tabIndex={0} aria-label="The event as JSON" className="mono">
        <bdi>{visible(isLong ? text.slice(0, shownJson) : text)}</bdi>
      </pre>
      {isLong ? (
        <Button size="compact-xs" variant="default" onClick={() => showWhole(true)}>
          {(text.length - shownJson).toLocaleString("en")} more characters
        </Button>
      ) : null}
    </div>
  );
}
