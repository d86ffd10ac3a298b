import { useState } from "react";
import { Button } from "@mantine/core";

const most = 4_000;

// What moves the cursor, turns the direction or is not seen at all. Line ends and tabs are what they seem.
// eslint-disable-next-line no-control-regex
const unseen = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** Text as it is, with what cannot be seen made visible: ␀ for NUL, ⟨202E⟩ for a turn of direction. */
export function visible(text: string): string {
  return text.replace(unseen, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "␡" : `⟨${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}

/** Text out of an event: never anything but text, apart from what stands around it, and in one piece only when it is asked for. */
export function EventText({ text, isLine = false }: { text: string; isLine?: boolean }) {
  const [isWhole, showWhole] = useState(false);
  if (isLine) return <bdi>{visible(text.length > 600 ? `${text.slice(0, 600)}…` : text)}</bdi>;
  const isLong = text.length > most && !isWhole;
  return (
    <>
      <bdi className="event-text" style={{ whiteSpace: "pre-wrap" }}>
        {visible(isLong ? text.slice(0, most) : text)}
      </bdi>
      {isLong ? (
        <>
          {"… "}
          <Button size="compact-xs" variant="default" onClick={() => showWhole(true)}>
            {(text.length - most).toLocaleString("en")} more characters
          </Button>
        </>
      ) : null}
    </>
  );
}
