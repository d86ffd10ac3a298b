import { UnstyledButton } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import classes from "./ShortId.module.css";

/** The beginning and the end of an id, which are what people compare. */
export function shorten(id: string, length = 9): string {
  if (id.length <= length) return id;
  const tail = Math.floor((length - 1) / 3);
  return `${id.slice(0, length - 1 - tail)}…${id.slice(-tail)}`;
}

/** An id, shortened in the middle; whole on hover, and copied by a click. */
export function ShortId({ id, length = 9 }: { id: string; length?: number }) {
  const clipboard = useClipboard({ timeout: 1_200 });
  return (
    <UnstyledButton className={classes.id} title={`${id} (click to copy)`} onClick={() => clipboard.copy(id)} aria-label={`copy ${id}`}>
      <bdi>{shorten(id, length)}</bdi>
      <span className={classes.copied} aria-live="polite">
        {clipboard.copied ? "copied" : ""}
      </span>
    </UnstyledButton>
  );
}
