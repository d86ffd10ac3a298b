import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Fragment, useState } from "react";
import type { NotificationItem, NotificationPage, Pipeline } from "../../api/types";
import { Answer } from "../../parts/Answer";
import { EventText } from "../../parts/EventText";
import { KindIcon } from "../../parts/KindIcon";
import { queryFor } from "../../parts/query";
import { ShortId } from "../../parts/ShortId";
import { StateMark } from "../../parts/StateMark";
import { TimeText } from "../../parts/TimeText";
import type { State } from "../../state";
import { messagesMax } from "./useMessages";
import classes from "./Pipeline.module.css";

const looks: Record<string, State> = { sent: "healthy", joined: "healthy", waiting: "warning", failed: "failing" };
const shownFirst = 12;

/** It arrived, by itself or within another, or it is told by another: nobody has to look after it. */
const isTold = (one: NotificationItem) => one.state === "sent" || one.state === "joined" || one.toldBy !== "";

/** Messages to receivers: those that have not arrived first, each with why. */
export function Messages({ query, untold }: { query: UseQueryResult<NotificationPage>; untold: Pipeline["untold"] }) {
  const [isAll, showAll] = useState(false);
  return (
    <section aria-labelledby="messages">
      <h2 id="messages" className={classes.title}>
        Messages
      </h2>
      {untold.tooOld > 0 && untold.maxAge !== null ? (
        <p className={classes.line}>
          <b>{untold.tooOld.toLocaleString("en")}</b> {untold.tooOld === 1 ? "failure" : "failures"} had happened longer ago than {untold.maxAge} (outbox.max_age) when they came in: recorded, and not told.
        </p>
      ) : null}
      <Answer query={query}>
        {({ items, next }) => {
          if (items.length === 0) return <p className={classes.dim}>Nobody was told of anything yet.</p>;
          // What has not arrived is what one comes for; within each, newest first as they came.
          const ordered = [...items.filter((one) => !isTold(one)), ...items.filter(isTold)];
          const undelivered = items.filter((one) => !isTold(one)).length;
          const rows = isAll ? ordered : ordered.slice(0, Math.max(shownFirst, Math.min(undelivered, 50)));
          return (
            <>
              <table className={classes.list}>
                <thead>
                  <tr>
                    <th scope="col">state</th>
                    <th scope="col">message</th>
                    <th scope="col">to</th>
                    <th scope="col">when</th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((message) => (
                    <Message key={`${message.notificationId} ${message.integration}`} message={message} />
                  ))}
                </tbody>
              </table>
              <p className={classes.dim}>
                {rows.length < items.length ? (
                  <button type="button" className={classes.link} onClick={() => showAll(true)}>
                    {(items.length - rows.length).toLocaleString("en")} more
                  </button>
                ) : null}
                {isAll && next !== null ? ` The latest ${messagesMax} are shown; there are older ones.` : null}
              </p>
            </>
          );
        }}
      </Answer>
    </section>
  );
}

function Message({ message }: { message: NotificationItem }) {
  const [isOpen, open] = useState(false);
  const first = message.incidents[0];
  const id = `message-${message.notificationId}-${message.integration}`;
  return (
    <Fragment>
      <tr data-state={message.state}>
        <td className={classes.state}>
          <StateMark state={looks[message.state] ?? "unknown"} words={message.state} withWords />
        </td>
        <td className={classes.wide}>
          <button type="button" className={classes.opener} aria-expanded={isOpen} aria-controls={id} onClick={() => open(!isOpen)}>
            {first?.labels.kind ? <KindIcon kind={first.labels.kind} /> : null} <EventText isLine text={first?.summary ?? "a message about nothing"} />
            {message.incidents.length + message.moreIncidents > 1 ? <span className={classes.dim}> and {message.incidents.length + message.moreIncidents - 1} more</span> : null}
          </button>
          {message.state !== "sent" && message.lastError !== "" ? <p className={`${classes.error} event-text`}><EventText text={message.lastError} /></p> : null}
        </td>
        <td>
          <bdi>{message.receiver}</bdi> {message.integration === message.receiver ? null : <span className={classes.dim}>{message.integration}</span>}
        </td>
        <td className={classes.when}>
          <TimeText at={message.state === "sent" ? message.dueAt : message.decidedAt} />{" "}
          <span className={classes.dim}>
            {message.state === "waiting" ? (
              <>
                tried {message.attempts} ×, next <TimeText at={message.dueAt} />
              </>
            ) : message.state === "failed" || message.attempts > 1 ? (
              `tried ${message.attempts} ×`
            ) : null}
          </span>
        </td>
      </tr>
      {isOpen ? (
        <tr className={classes.inside} id={id}>
          <td colSpan={4}>
            <p className={classes.dim}>
              <ShortId id={message.notificationId} length={17} /> decided <TimeText at={message.decidedAt} exact /> · grouped by{" "}
              {Object.entries(message.groupLabels).map(([name, value]) => (
                <Fragment key={name}>
                  <bdi>{name}</bdi>=<bdi className="event-text">{value}</bdi>{" "}
                </Fragment>
              ))}
              {message.toldBy ? (
                <>
                  · {message.state === "joined" ? "told together with others by" : "told instead by"} <ShortId id={message.toldBy} length={17} />
                </>
              ) : null}
            </p>
            {message.remarks.map((remark) => (
              <p key={remark}>
                <EventText isLine text={remark} />
              </p>
            ))}
            <ul className={classes.incidents}>
              {message.incidents.map((incident) => (
                <li key={incident.id}>
                  <Link
                    to="/explore"
                    search={{ q: queryFor({ outcome: "failure", cluster: incident.labels.cluster, service: incident.labels.service, kind: incident.labels.kind }), from: incident.firstAt, to: new Date(Date.parse(incident.lastAt) + 1).toISOString() }}
                  >
                    <EventText isLine text={incident.summary} />
                  </Link>{" "}
                  <span className={classes.dim}>
                    <bdi>{[incident.labels.service ?? incident.labels.family, incident.labels.cluster].filter(Boolean).join(" in ")}</bdi> · {incident.count.toLocaleString("en")} ×, from <TimeText at={incident.firstAt} exact /> to{" "}
                    <TimeText at={incident.lastAt} exact />
                  </span>
                </li>
              ))}
            </ul>
          </td>
        </tr>
      ) : null}
    </Fragment>
  );
}
