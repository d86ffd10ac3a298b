import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { get } from "../../api/client";
import type { TaskItem, TaskRecord } from "../../api/resources";
import type { ValueList } from "../../api/types";
import { lookOfKind } from "../../kinds";
import { placeOf } from "../../parts/clusterId";
import { EventText, visible } from "../../parts/EventText";
import { KindIcon } from "../../parts/KindIcon";
import { EventsLink } from "../../parts/places";
import { queryFor } from "../../parts/query";
import { Sentence } from "../../parts/Sentence";
import { standingOfTask } from "../cluster/states";
import { ordinal, wordsOfTask } from "./words";
import classes from "./Task.module.css";

const day = 24 * 3_600_000;
const most = 1_000;

/** What happened to the task, in words: why it stopped, how often that was so lately, what to do next, and what all that is concluded from. */
export function Diagnosis({ record: { task, diagnosis }, now }: { record: TaskRecord; now: number }) {
  const { state } = standingOfTask(task);
  if (!diagnosis)
    return (
      <Sentence state={state}>
        <bdi className="event-text">{visible(wordsOfTask(task, now))}</bdi>
      </Sentence>
    );
  const kind = diagnosis.kind;
  return (
    <>
      <Sentence state={state}>
        {kind ? (
          <EventsLink values={{ ...placeOf(task), service: task.service, kind }}>
            <KindIcon kind={kind} isLabelled={false} size={18} /> <span className={classes.kind}>{visible(capital(lookOfKind(kind).words))}:</span>
          </EventsLink>
        ) : null}{" "}
        <EventText text={diagnosis.summary} /> {kind && diagnosis.outcome === "failure" && task.stoppedAt ? <HowOften task={task} kind={kind} stoppedAt={task.stoppedAt} /> : null}
      </Sentence>
      {diagnosis.nextStep ? (
        <p className={classes.next}>
          <b>Next step </b>
          <EventText text={diagnosis.nextStep} />
        </p>
      ) : null}
      {diagnosis.evidence.length > 0 ? (
        <ul className={classes.evidence} aria-label="Evidence">
          {diagnosis.evidence.map((line) => (
            <li key={line}>
              <EventText text={line} />
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** "4th time in 24 hours in checkout." Tasks are counted, and not what was said of them. */
function HowOften({ task, kind, stoppedAt }: { task: TaskItem; kind: string; stoppedAt: string }) {
  const subject = task.service ? { service: task.service } : { family: task.family };
  const q = queryFor({ ...placeOf(task), ...subject, kind, outcome: "failure" });
  const range = { from: new Date(Date.parse(stoppedAt) - day).toISOString(), to: new Date(Date.parse(stoppedAt) + 1_000).toISOString() };
  const tasks = useQuery({
    queryKey: ["values", "task", q, range],
    queryFn: ({ signal }) => get<ValueList>("/api/v1/fields/task/values", { q, ...range, limit: most }, signal),
    staleTime: Infinity,
    placeholderData: () => undefined,
  });
  const count = tasks.data?.items.length ?? 0;
  if (count === 0 || !(task.service ?? task.family)) return null;
  return (
    <Link to="/explore" search={{ q, ...range }} className={classes.often}>
      {count === 1 ? "The first time" : count >= most ? `More than ${most.toLocaleString("en")} times` : `${ordinal(count)} time`} in 24 hours in <EventText isLine text={task.service ?? task.family ?? ""} />.
    </Link>
  );
}
