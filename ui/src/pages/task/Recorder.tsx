import { useElementSize } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { TaskRecord } from "../../api/resources";
import type { EventItem } from "../../api/types";
import { EventText, visible } from "../../parts/EventText";
import { EventsLink } from "../../parts/places";
import { StateMark } from "../../parts/StateMark";
import { plural } from "../../parts/words";
import { stateOfEvent, states, type State } from "../../state";
import { shortMoment } from "../../time/time";
import { standingOfTask } from "../cluster/states";
import { livesOf, timeOf, type ContainerLife } from "./containers";
import { grouped, scaleOf, type Scale, type Segment } from "./scale";
import { durationWords } from "./words";
import classes from "./Recorder.module.css";

/** A mark and the room that a finger needs. */
const slotWidth = 26;

/** The task's life on one line of time: its phases, its containers, its events, and what its service said around it. */
export function Recorder({ record, now, open }: { record: TaskRecord; now: number; open: string | undefined }) {
  const { task, events, serviceEvents } = record;
  const { ref, width } = useElementSize();
  const scale = scaleOf(record.phases, now);
  const lives = livesOf(record);
  const standing = standingOfTask(task);
  const end = scale.segments.at(-1);
  // What it failed in without ever having run is where to look.
  const fatal = task.outcome === "failure" && task.startedAt === undefined ? scale.segments.findLast((segment) => segment.phase in looks)?.phase : undefined;
  return (
    <figure className={classes.recorder} aria-label="The task's life">
      <Lane name="phases">
        {scale.segments.map((segment) => (
          <Phase key={segment.phase} segment={segment} isFatal={segment.phase === fatal} width={width} />
        ))}
        {end && task.lastStatus === "STOPPED" ? (
          <span className={classes.endMark} style={{ insetInlineStart: `min(${end.end * 100}%, 100% - 18px)` }}>
            <StateMark state={standing.state} words={standing.word} />
          </span>
        ) : null}
      </Lane>
      {lives.map((life, index) => (
        <Lane key={`${life.name ?? ""}${index}`} name={<EventText isLine text={life.name ?? "container"} />} title={visible(`${life.name ?? ""}\n${life.image ?? ""}`)}>
          <Container life={life} scale={scale} isRoutine={task.outcome !== "failure"} end={end} />
        </Lane>
      ))}
      <Lane name="events" laneRef={ref}>
        {width === 0 ? null : <Dots events={events} scale={scale} slots={Math.max(1, Math.floor(width / slotWidth))} open={open} />}
      </Lane>
      {serviceEvents.length > 0 ? (
        <Lane name="around" title="What its service said meanwhile, and five minutes before and after">
          {width === 0 ? null : <Dots events={serviceEvents} scale={scale} slots={Math.max(1, Math.floor(width / slotWidth))} open={open} isAround />}
        </Lane>
      ) : null}
      <figcaption className={classes.caption}>
        <dl className={classes.phases} aria-label="Phases">
          {scale.segments.map((segment) => (
            <div key={segment.phase}>
              <dt>{segment.phase}</dt>
              <dd title={`${shortMoment(segment.from)} – ${segment.isOver ? shortMoment(segment.to) : "now"}`}>
                {durationWords((segment.to - segment.from) / 1_000)}
                {segment.isOver ? "" : " so far"}
              </dd>
            </div>
          ))}
        </dl>
        <span>Wide enough to see each phase: not to one scale.</span>
      </figcaption>
    </figure>
  );
}

function Lane({ name, title, laneRef, children }: { name: ReactNode; title?: string; laneRef?: (element: HTMLDivElement | null) => void; children: ReactNode }) {
  return (
    <div className={classes.lane}>
      <div className={classes.name} title={title}>
        {name}
      </div>
      <div className={classes.line} ref={laneRef}>
        {children}
      </div>
    </div>
  );
}

const looks: Record<string, State> = { provisioning: "progress", pulling: "progress", starting: "progress", running: "healthy" };

function Phase({ segment, isFatal, width }: { segment: Segment; isFatal: boolean; width: number }) {
  const state: State = isFatal ? "failing" : (looks[segment.phase] ?? "routine");
  const took = durationWords((segment.to - segment.from) / 1_000);
  const room = (segment.end - segment.start) * width;
  const words = [`${segment.phase} ${took}`, segment.phase, took].find((one) => one.length * 6.6 + 10 < room) ?? "";
  return (
    <span
      className={classes.phase}
      style={{ insetInlineStart: `${segment.start * 100}%`, width: `${(segment.end - segment.start) * 100}%`, ["--of" as string]: states[state].colour }}
      title={`${segment.phase}: ${took}, from ${shortMoment(segment.from)}`}
      data-open={!segment.isOver || undefined}
      aria-hidden="true"
    >
      {words}
    </span>
  );
}

function Container({ life, scale, isRoutine, end }: { life: ContainerLife; scale: Scale; isRoutine: boolean; end: Segment | undefined }) {
  if (life.from === undefined)
    return (
      <span className={classes.never} title={visible(life.reason ?? "")}>
        never started{life.reason ? ": " : ""}
        {life.reason ? <EventText isLine text={life.reason} /> : null}
      </span>
    );
  const [from, to] = [scale.place(life.from), life.to === undefined ? (end?.end ?? 1) : scale.place(life.to)];
  const isBad = life.exitCode !== undefined && life.exitCode !== 0 && !isRoutine;
  const said = `${life.exitCode === undefined ? (life.to === undefined ? "running" : "ended") : `exit code ${life.exitCode}`}${life.reason ? `: ${life.reason}` : ""}`;
  return (
    <>
      <span className={classes.bar} style={{ insetInlineStart: `${from * 100}%`, width: `${Math.max(0, to - from) * 100}%` }} data-open={life.to === undefined || undefined} aria-hidden="true" />
      {life.to === undefined ? (
        <span className="visually-hidden">running</span>
      ) : (
        <span className={classes.exit} style={{ insetInlineStart: `min(${to * 100}%, 100% - 52px)` }} title={visible(said)}>
          {life.exitCode === undefined ? (
            <StateMark state="routine" words={said} />
          ) : (
            <EventsLink values={{ exitCode: String(life.exitCode), container: life.name }}>
              <StateMark state={isBad ? "failing" : "routine"} words={said} /> <b data-bad={isBad || undefined}>{life.exitCode}</b>
            </EventsLink>
          )}
        </span>
      )}
    </>
  );
}

function Dots({ events, scale, slots, open, isAround = false }: { events: readonly EventItem[]; scale: Scale; slots: number; open: string | undefined; isAround?: boolean }) {
  return grouped(events, (event) => scale.place(timeOf(event)), slots).map(({ slot, things }) => {
    // Those at one place open one after the other.
    const at = things.findIndex((event) => event.key === open);
    const next = things[(at + 1) % things.length];
    if (!next) return null;
    const state = stateOfEvent([...things].sort((a, b) => weightOf(b) - weightOf(a))[0] ?? next);
    const words = things
      .slice(0, 8)
      .map((event) => `${shortMoment(event.occurredAt)} ${event.summary || event.detailType || "an event"}`)
      .join("\n");
    return (
      <Link
        key={slot}
        to="."
        search={(now) => ({ ...now, open: next.key })}
        replace
        resetScroll={false}
        className={classes.dot}
        style={{ insetInlineStart: `${(slot / slots) * 100}%`, width: `${100 / slots}%` }}
        title={visible(words)}
        aria-label={visible(`${plural(things.length, isAround ? "message of its service" : "event", isAround ? "messages of its service" : "events")}: ${next.summary || next.detailType || ""}`)}
        data-open={at >= 0 || undefined}
      >
        <StateMark state={state} />
        {things.length > 1 ? <small>{things.length}</small> : null}
      </Link>
    );
  });
}

const weightOf = (event: EventItem): number => (event.outcome === "failure" ? 2 : event.outcome === "info" ? 0 : 1);
