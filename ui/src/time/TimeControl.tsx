import { Button, Popover, TextInput, UnstyledButton } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { Icon } from "../frame/icons";
import { StateMark } from "../parts/StateMark";
import { labelOf, lasts, readTime, wordsOfLast, type TimeChoice } from "./time";
import { usePageTime } from "./useTime";
import classes from "./TimeControl.module.css";

/** A moment as the fields of the control show it, in the reader's time zone: 2026-03-02 03:12:40. */
function local(moment: string): string {
  const date = new Date(moment);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replace("T", " ");
}

/** What was typed, as a moment; a time without a zone is the reader's own. */
function moment(text: string): string | undefined {
  const trimmed = text.trim().replace(" ", "T");
  if (!/^\d{4}-\d\d-\d\d/.test(trimmed)) return undefined;
  const at = Date.parse(trimmed.length === 10 ? `${trimmed}T00:00` : trimmed);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** The one control of time: live with a window, a range, or a moment. */
export function TimeControl() {
  const { time, setTime } = usePageTime();
  const [isOpen, open] = useState(false);
  const choose = (next: TimeChoice) => {
    setTime(next);
    open(false);
  };
  return (
    <Popover opened={isOpen} onChange={open} position="bottom-end" shadow="md" trapFocus width={300}>
      <Popover.Target>
        <UnstyledButton className={classes.control} onClick={() => open((is) => !is)} aria-label={`Time: ${time.mode === "live" ? "live, " : ""}${labelOf(time)}`} data-past={time.mode !== "live" || undefined}>
          {time.mode === "live" ? (
            <>
              <StateMark state="healthy" words="live" /> <b>Live</b>
            </>
          ) : null}
          <span className={classes.label}>{labelOf(time)}</span>
          <Icon name="chevron" size={12} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={classes.menu}>
        <h2>Live</h2>
        <div className={classes.lasts}>
          {lasts.map((last) => (
            <Button key={last} size="compact-xs" variant={time.mode === "live" && time.last === last ? "filled" : "default"} onClick={() => choose({ mode: "live", last })} title={wordsOfLast(last)}>
              {last === "all" ? "all stored" : last}
            </Button>
          ))}
        </div>
        <Absolute key={JSON.stringify(time)} time={time} onChoose={choose} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Absolute({ time, onChoose }: { time: TimeChoice; onChoose: (time: TimeChoice) => void }) {
  const now = new Date().toISOString();
  const [from, setFrom] = useState(local(time.mode === "range" ? time.from : new Date(Date.now() - 3_600_000).toISOString()));
  const [to, setTo] = useState(local(time.mode === "range" ? time.to : now));
  const [at, setAt] = useState(local(time.mode === "at" ? time.at : now));
  const [mistake, setMistake] = useState<{ range?: string; at?: string }>({});
  const submitRange = (event: FormEvent) => {
    event.preventDefault();
    const range = { from: moment(from), to: moment(to) };
    if (!range.from || !range.to) return setMistake({ range: "Write times as 2026-03-02 03:12:40." });
    if (readTime({ from: range.from, to: range.to }).mode !== "range") return setMistake({ range: "The end must be after the beginning." });
    onChoose({ mode: "range", from: range.from, to: range.to });
  };
  const submitMoment = (event: FormEvent) => {
    event.preventDefault();
    const chosen = moment(at);
    if (!chosen) return setMistake({ at: "Write a time as 2026-03-02 03:12:40." });
    onChoose({ mode: "at", at: chosen });
  };
  return (
    <>
      <h2>Range</h2>
      <form className={classes.form} onSubmit={submitRange}>
        <TextInput size="xs" aria-label="From" value={from} onChange={(event) => setFrom(event.currentTarget.value)} error={mistake.range} />
        <TextInput size="xs" aria-label="To" value={to} onChange={(event) => setTo(event.currentTarget.value)} />
        <Button type="submit" size="xs" variant="default">
          Show
        </Button>
      </form>
      <h2>A moment</h2>
      <form className={classes.form} data-one onSubmit={submitMoment}>
        <TextInput size="xs" aria-label="Moment" value={at} onChange={(event) => setAt(event.currentTarget.value)} error={mistake.at} />
        <Button type="submit" size="xs" variant="default">
          Show
        </Button>
      </form>
      <p className={classes.zone}>In your time zone, {Intl.DateTimeFormat().resolvedOptions().timeZone}.</p>
    </>
  );
}
