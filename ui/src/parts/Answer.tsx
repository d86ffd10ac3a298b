import { Button, Loader } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import { ago } from "../time/time";
import { useNow } from "../time/useTime";
import classes from "./Answer.module.css";

/** True once something has lasted a while: what is quick must not flicker. */
export function useLasting(is: boolean, milliseconds = 300): boolean {
  const [lasted, setLasted] = useState(false);
  useEffect(() => {
    if (!is) return;
    const timer = setTimeout(() => setLasted(true), milliseconds);
    return () => {
      clearTimeout(timer);
      setLasted(false);
    };
  }, [is, milliseconds]);
  return is && lasted;
}

/** Nothing is here: why, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={classes.notice}>
      <h2 className={classes.title}>{title}</h2>
      {children}
    </div>
  );
}

/** A command to run, ready to copy. */
export function Command({ children }: { children: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className={classes.command}>
      <code>{children}</code>
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => void navigator.clipboard.writeText(children).then(() => setCopied(true))}
        onBlur={() => setCopied(false)}
      >
        {copied ? "copied" : "copy"}
      </Button>
    </div>
  );
}

/** The first answer is on its way; says so only when it takes long. */
export function Loading({ words = "Asking the server" }: { words?: string }) {
  const isLong = useLasting(true);
  return (
    <div className={classes.loading} role="status">
      {isLong ? (
        <>
          <Loader size="xs" color="var(--mantine-color-dimmed)" /> {words} …
        </>
      ) : null}
    </div>
  );
}

/** The server did not answer as it should: the reason, how old what is shown is, and a way to try again. */
export function Failing({ failure, answeredAt, onRetry }: { failure: Error; answeredAt?: number; onRetry?: () => void }) {
  const now = useNow();
  return (
    <div className={classes.failing} role="alert">
      <div className="event-text">
        {answeredAt ? <b>What is shown is from {ago(answeredAt, now)}. </b> : null}
        {failure.message}
      </div>
      {onRetry ? (
        <Button size="compact-xs" variant="default" onClick={onRetry}>
          try again
        </Button>
      ) : null}
    </div>
  );
}

/** An answer of the server in each of its states: on its way, there, being renewed (dimmed after 300 ms), and failed, when the last answer stays with its age. */
export function Answer<T>({ query, children, loading }: { query: UseQueryResult<T>; children: (data: T) => ReactNode; loading?: ReactNode }) {
  const isDimmed = useLasting(query.isPlaceholderData && query.isFetching);
  const { data, error } = query;
  return (
    <>
      {error ? <Failing failure={error} {...(data !== undefined && query.dataUpdatedAt ? { answeredAt: query.dataUpdatedAt } : {})} onRetry={() => void query.refetch()} /> : null}
      {data !== undefined ? <div className={classes.answer} data-dimmed={isDimmed || undefined} aria-busy={isDimmed}>{children(data)}</div> : error ? null : (loading ?? <Loading />)}
    </>
  );
}
