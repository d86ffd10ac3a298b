import type { TaskRecord } from "../../api/resources";
import { EventText, visible } from "../../parts/EventText";
import { Part } from "./Part";
import classes from "./Task.module.css";

/** The last words of each container, those that failed first. What looks like a secret was masked before it came here. */
export function Logs({ record: { logs } }: { record: TaskRecord }) {
  if (logs === null) return null;
  return (
    <Part title="Its last lines">
      {logs.problem ? (
        <p className={classes.dim}>
          <EventText isLine text={logs.problem} />
        </p>
      ) : null}
      {logs.containers.map((one) => (
        <section key={one.container} aria-label={`Last lines of ${visible(one.container)}`}>
          <p className={classes.dim}>
            <EventText isLine text={[one.container, one.group, one.stream].filter(Boolean).join(" · ")} />
          </p>
          {one.lines.length > 0 ? (
            <pre className="mono" tabIndex={0} aria-label={`The log of ${visible(one.container)}`}>
              <bdi>{one.lines.map((line) => `${line.at ? `${line.at.slice(11, 23)}  ` : ""}${visible(line.text)}`).join("\n")}</bdi>
            </pre>
          ) : (
            <p className={classes.dim}>
              <EventText isLine text={one.problem ?? "It wrote nothing."} />
            </p>
          )}
        </section>
      ))}
    </Part>
  );
}
