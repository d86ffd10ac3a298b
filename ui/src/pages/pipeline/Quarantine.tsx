import { Button, Modal } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiProblem, ask, get } from "../../api/client";
import type { Accounting, QuarantineItem, QuarantinePage } from "../../api/types";
import { useKeys } from "../../frame/keys";
import { Failing, Loading } from "../../parts/Answer";
import { StateMark } from "../../parts/StateMark";
import type { State } from "../../state";
import { QuarantineRow } from "./QuarantineRow";
import classes from "./Pipeline.module.css";

/** What became of something that was asked for. */
export interface Outcome {
  state: State;
  words: string;
}

const reasons: Record<string, string> = {
  notJson: "not JSON",
  notAnObject: "not an object",
  noDetailType: "no detail-type",
  invalidUtf8: "not UTF-8",
  tooDeep: "nested too deep",
  tooLarge: "too large",
  badCompression: "bad compression",
  badWrapper: "bad wrapper",
};
export const wordsOfReason = (reason: string): string => reasons[reason] ?? reason;

/** What could not be read: why, its bytes, and what can be done about it. */
export function Quarantine({ quarantined }: { quarantined: number }) {
  const client = useQueryClient();
  const list = useInfiniteQuery({
    queryKey: ["quarantine"],
    queryFn: ({ pageParam, signal }) => get<QuarantinePage>("/api/v1/quarantine", { limit: 100, cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 15_000,
    retry: false,
  });
  const [reason, chooseReason] = useState<string>();
  const [opened, open] = useState<string>();
  const [chosen, choose] = useState<string>();
  const [outcomes, tell] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const [gone, leave] = useState<ReadonlyMap<string, QuarantineItem>>(new Map());
  const [dropping, askToDrop] = useState<QuarantineItem>();
  const [isBusy, work] = useState(false);

  const listed = list.data?.pages.flatMap((page) => page.items) ?? [];
  // What was just replayed or dropped stays where it was, with what became of it, until one leaves the page.
  const items = [...listed, ...[...gone.values()].filter((one) => !listed.some((other) => other.id === one.id))].sort((a, b) => Number(b.id) - Number(a.id));
  const shown = items.filter((item) => reason === undefined || item.reason === reason);
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item.reason, (counts.get(item.reason) ?? 0) + 1);

  const say = (item: QuarantineItem, outcome: Outcome, isGone: boolean) => {
    tell((old) => new Map(old).set(item.id, outcome));
    if (isGone) leave((old) => new Map(old).set(item.id, item));
  };
  const act = async (wanted: readonly QuarantineItem[], what: (item: QuarantineItem) => Promise<void>) => {
    work(true);
    for (const item of wanted) {
      try {
        await what(item);
      } catch (failure) {
        const isMissing = failure instanceof ApiProblem && failure.status === 404;
        say(item, isMissing ? { state: "routine", words: "it is no longer there" } : { state: failure instanceof ApiProblem && failure.status === 409 ? "warning" : "failing", words: failure instanceof Error ? failure.message : String(failure) }, isMissing);
      }
    }
    work(false);
    await Promise.all([client.invalidateQueries({ queryKey: ["quarantine"], exact: true }), client.invalidateQueries({ queryKey: ["pipeline"] })]);
  };
  const replay = (wanted: readonly QuarantineItem[]) =>
    act(wanted, async (item) => {
      const sum = await ask<Accounting>("POST", `/api/v1/quarantine/${encodeURIComponent(item.id)}/replay`);
      say(item, { state: "healthy", words: `read now: ${sum.stored} stored, ${sum.duplicates} known already, ${sum.quarantined} quarantined anew` }, true);
    });
  const drop = (item: QuarantineItem) =>
    act([item], async () => {
      await ask<void>("DELETE", `/api/v1/quarantine/${encodeURIComponent(item.id)}`);
      say(item, { state: "routine", words: "dropped" }, true);
    });
  const step = (by: number) => {
    const at = shown.findIndex((item) => item.id === chosen);
    const next = shown[Math.min(shown.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    if (!next) return;
    choose(next.id);
    document.getElementById(`quarantine-${next.id}`)?.focus();
  };
  useKeys({ j: () => step(1), k: () => step(-1) });

  const isForbidden = list.error instanceof ApiProblem && list.error.status === 403;
  const waiting = shown.filter((item) => !gone.has(item.id));
  return (
    <section aria-labelledby="quarantine" className={classes.quarantine}>
      <h2 id="quarantine" className={classes.title}>
        Quarantine
      </h2>
      {isForbidden ? (
        <p className={classes.dim}>{quarantined.toLocaleString("en")} are in it. Nothing in it is masked, so only operators may look: sign in with an operator's token.</p>
      ) : list.error ? (
        <Failing failure={list.error} {...(list.data ? { answeredAt: list.dataUpdatedAt } : {})} onRetry={() => void list.refetch()} />
      ) : null}
      {list.isPending ? <Loading /> : null}
      {list.data && items.length === 0 ? (
        <p className={classes.line}>
          <StateMark state="healthy" words="empty:" withWords /> everything that came in could be read.
        </p>
      ) : null}
      {items.length > 0 ? (
        <>
          <div className={classes.bar}>
            <Reason name="all" count={items.length} isChosen={reason === undefined} onChoose={() => chooseReason(undefined)} />
            {[...counts].map(([name, count]) => (
              <Reason key={name} name={wordsOfReason(name)} count={count} isChosen={reason === name} onChoose={() => chooseReason(name)} />
            ))}
            <Button size="compact-xs" variant="default" disabled={isBusy || waiting.length === 0} onClick={() => void replay(waiting)}>
              replay {reason === undefined ? "all" : "these"} {waiting.length}
            </Button>
          </div>
          <table className={classes.list}>
            <thead>
              <tr>
                <th scope="col">reason</th>
                <th scope="col">in words</th>
                <th scope="col">from</th>
                <th scope="col">when, size</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((item) => (
                <QuarantineRow
                  key={item.id}
                  item={item}
                  outcome={outcomes.get(item.id)}
                  isGone={gone.has(item.id)}
                  isOpen={opened === item.id}
                  isChosen={chosen === item.id}
                  isBusy={isBusy}
                  onOpen={() => open(opened === item.id ? undefined : item.id)}
                  onFocus={() => choose(item.id)}
                  onReplay={() => void replay([item])}
                  onDrop={() => askToDrop(item)}
                />
              ))}
            </tbody>
          </table>
          {list.hasNextPage ? (
            <button type="button" className={classes.link} disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              older ones
            </button>
          ) : null}
        </>
      ) : null}
      <Modal opened={dropping !== undefined} onClose={() => askToDrop(undefined)} title="Drop it for good?" closeButtonProps={{ "aria-label": "Close" }}>
        {dropping ? (
          <>
            <p>
              Its {dropping.length.toLocaleString("en")} bytes, quarantined as “{wordsOfReason(dropping.reason)}”, are kept nowhere else. This cannot be undone.
            </p>
            <div className={classes.buttons}>
              <Button variant="default" size="xs" onClick={() => askToDrop(undefined)}>
                Keep it
              </Button>
              <Button
                size="xs"
                data-autofocus
                onClick={() => {
                  askToDrop(undefined);
                  void drop(dropping);
                }}
              >
                Drop it
              </Button>
            </div>
          </>
        ) : null}
      </Modal>
    </section>
  );
}

function Reason({ name, count, isChosen, onChoose }: { name: string; count: number; isChosen: boolean; onChoose: () => void }) {
  return (
    <Button size="compact-xs" variant={isChosen ? "filled" : "default"} aria-pressed={isChosen} onClick={onChoose}>
      {name} {count.toLocaleString("en")}
    </Button>
  );
}
