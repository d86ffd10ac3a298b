import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Fragment, useMemo, useState } from "react";
import { get } from "../../api/client";
import type { QuarantineDetail, QuarantineItem } from "../../api/types";
import { Answer } from "../../parts/Answer";
import { EventText, visible } from "../../parts/EventText";
import { ShortId } from "../../parts/ShortId";
import { StateMark } from "../../parts/StateMark";
import { TimeText } from "../../parts/TimeText";
import { bytesOf, hexOf, wordsOfBytes } from "./bytes";
import { wordsOfReason, type Outcome } from "./Quarantine";
import classes from "./Pipeline.module.css";

export interface QuarantineRowProps {
  item: QuarantineItem;
  outcome: Outcome | undefined;
  /** It has left the quarantine. */
  isGone: boolean;
  isOpen: boolean;
  isChosen: boolean;
  isBusy: boolean;
  onOpen: () => void;
  onFocus: () => void;
  onReplay: () => void;
  onDrop: () => void;
}

/** One in quarantine; opened, its bytes and what can be done with it. */
export function QuarantineRow({ item, outcome, isGone, isOpen, isChosen, isBusy, onOpen, onFocus, onReplay, onDrop }: QuarantineRowProps) {
  return (
    <Fragment>
      <tr data-chosen={isChosen || undefined} data-gone={isGone || undefined}>
        <td className={classes.state}>
          <StateMark state={isGone ? "routine" : "warning"} words={wordsOfReason(item.reason)} withWords />
        </td>
        <td className={classes.wide}>
          <button type="button" id={`quarantine-${item.id}`} className={classes.opener} aria-expanded={isOpen} onClick={onOpen} onFocus={onFocus} disabled={isGone}>
            <EventText isLine text={item.message} />
          </button>
          <div role="status">{outcome ? <StateMark state={outcome.state} words={outcome.words} withWords /> : null}</div>
        </td>
        <td>
          <bdi>{item.source}</bdi>
        </td>
        <td className={classes.when}>
          <TimeText at={item.receivedAt} /> <span className={classes.dim}>{wordsOfBytes(item.length)}</span>
        </td>
      </tr>
      {isOpen && !isGone ? (
        <tr className={classes.inside}>
          <td colSpan={4}>
            <div className={classes.buttons}>
              <Button size="compact-xs" variant="default" disabled={isBusy} onClick={onReplay}>
                replay
              </Button>
              <Button size="compact-xs" variant="default" disabled={isBusy} onClick={onDrop}>
                drop …
              </Button>
              <a href={`/api/v1/quarantine/${encodeURIComponent(item.id)}/bytes`} download>
                save the bytes
              </a>
              <span className={classes.dim}>
                SHA-256 <ShortId id={item.hash} length={13} />
              </span>
            </div>
            <Bytes id={item.id} />
          </td>
        </tr>
      ) : null}
    </Fragment>
  );
}

/** So much is shown; all of it can be saved. */
const shownBytes = 8_192;

function Bytes({ id }: { id: string }) {
  const detail = useQuery({ queryKey: ["quarantine", "detail", id], queryFn: ({ signal }) => get<QuarantineDetail>(`/api/v1/quarantine/${encodeURIComponent(id)}`, {}, signal), staleTime: Infinity });
  return <Answer query={detail}>{(data) => <BytesShown detail={data} />}</Answer>;
}

function BytesShown({ detail }: { detail: QuarantineDetail }) {
  const [form, show] = useState<"text" | "hex">("text");
  const bytes = useMemo(() => bytesOf(detail.bytesBase64), [detail.bytesBase64]);
  const shown = useMemo(() => (form === "hex" ? hexOf(bytes.subarray(0, shownBytes)) : visible(new TextDecoder("utf-8").decode(bytes.subarray(0, shownBytes)))), [bytes, form]);
  return (
    <>
      <div className={classes.buttons}>
        {(["text", "hex"] as const).map((name) => (
          <Button key={name} size="compact-xs" variant={form === name ? "filled" : "default"} aria-pressed={form === name} onClick={() => show(name)}>
            {name}
          </Button>
        ))}
        <span className={classes.dim}>
          {bytes.length > shownBytes ? `the first ${shownBytes.toLocaleString("en")} of ${bytes.length.toLocaleString("en")} bytes` : `${bytes.length.toLocaleString("en")} bytes`}
          {detail.isWhole ? "" : `; of the ${detail.length.toLocaleString("en")} that came in no more were kept`}
        </span>
      </div>
      <pre className={classes.bytes} tabIndex={0} data-form={form} dir="ltr" aria-label={`The bytes as ${form}`}>
        {shown}
      </pre>
    </>
  );
}
