import type { TaskRecord } from "../../api/resources";
import { EventText, visible } from "../../parts/EventText";
import { KindIcon } from "../../parts/KindIcon";
import { DeploymentLink, TaskLink } from "../../parts/places";
import { StateMark } from "../../parts/StateMark";
import { TimeText } from "../../parts/TimeText";
import { standingOfTask } from "../cluster/states";
import { Part } from "./Part";
import classes from "./Task.module.css";

/** The other tasks of its deployment, those that stopped for the same reason first. */
export function Siblings({ record: { task, siblings } }: { record: TaskRecord }) {
  const isSame = (kind: string | undefined): boolean => task.kind !== undefined && kind === task.kind;
  const same = siblings.filter((one) => isSame(one.kind)).length;
  const sorted = [...siblings].sort((a, b) => Number(isSame(b.kind)) - Number(isSame(a.kind)));
  return (
    <Part title="Other tasks of its deployment" count={siblings.length}>
      {siblings.length === 0 ? (
        <p className={classes.dim}>{task.deployment ? "No other task of its deployment is stored." : "No deployment started it."}</p>
      ) : (
        <>
          <p className={classes.dim}>
            {task.kind === undefined ? "" : `${same === 0 ? "None" : same === siblings.length ? "All" : same.toLocaleString("en")} of them stopped in the same way. `}
            {task.deployment ? (
              <>
                Of deployment <DeploymentLink of={task} deployment={task.deployment} />.
              </>
            ) : null}
          </p>
          <ol className={classes.lines}>
            {sorted.map((one) => {
              const standing = standingOfTask(one);
              const at = one.stoppedAt ?? one.startedAt ?? one.createdAt;
              return (
                <li key={one.taskId} className={classes.sibling} data-same={isSame(one.kind) || undefined}>
                  <StateMark state={standing.state} words={standing.word} />
                  <TaskLink task={one.taskId} />
                  {one.kind ? <KindIcon kind={one.kind} size={14} /> : null}
                  <span className={classes.said} title={visible(standing.why.slice(0, 400))}>
                    <EventText isLine text={standing.why || standing.word} />
                  </span>
                  <span className={classes.when}>{at ? <TimeText at={at} /> : null}</span>
                </li>
              );
            })}
          </ol>
        </>
      )}
    </Part>
  );
}
