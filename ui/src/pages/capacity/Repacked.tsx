import { Button, Loader } from "@mantine/core";
import { useMemo } from "react";
import { Answer, Command, Failing } from "../../parts/Answer";
import { visible } from "../../parts/EventText";
import { plural } from "../../parts/words";
import { coloursOf, othersColour, takenColour } from "./colours";
import { PackedPicture } from "./PackedPicture";
import { workloadsByAmount, type Packing } from "./packing";
import { rooms, usePacking, usePlan, type CapacityPlan, type CapacityView, type Room } from "./useCapacity";
import { amountWords, savedOf } from "./words";
import classes from "./Capacity.module.css";

const roomWords: Record<Room, string> = { deployment: "for a deployment", instance: "for the loss of an instance", zone: "for the loss of a zone" };

/** What is on each instance, and beside it how few would hold the same: what goes, what it had, and why not more. */
export function Repacked({ id, view }: { id: string; view: CapacityView }) {
  const packing = usePacking(id);
  return (
    <section aria-labelledby="packed">
      <div className={classes.tools}>
        <h2 id="packed">Instances and what is on them</h2>
        <span role="group" aria-label="Columns are as high as">
          {(["memory", "cpu"] as const).map((one) => (
            <Button key={one} size="compact-xs" variant={view.resource === one ? "filled" : "default"} aria-pressed={view.resource === one} onClick={() => view.setResource(one)}>
              {one === "cpu" ? "CPU" : "memory"}
            </Button>
          ))}
        </span>
        <fieldset className={classes.rooms}>
          <legend>with room</legend>
          {rooms.map((room) => (
            <label key={room}>
              <input type="checkbox" checked={view.has(room)} onChange={(event) => view.setRoom(room, event.currentTarget.checked)} /> {roomWords[room]}
            </label>
          ))}
        </fieldset>
      </div>
      <Answer query={packing}>{(now) => <Pictures id={id} now={now} view={view} />}</Answer>
    </section>
  );
}

function Pictures({ id, now, view }: { id: string; now: Packing; view: CapacityView }) {
  const plan = usePlan(id, view.room);
  const { resource } = view;
  const then = plan.data?.packing;
  const colours = useMemo(() => coloursOf(now, resource), [now, resource]);
  const scale = useMemo(() => ({ many: now.instances.length, largest: now.instances.reduce((most, one) => Math.max(most, one[resource]), 0) }), [now, resource]);
  const going = useMemo(() => new Set((plan.data?.released ?? []).map((one) => one.instance)), [plan.data]);
  return (
    <>
      <div className={classes.pair}>
        <figure>
          <figcaption>
            <b>Now</b> <span className={classes.dim}>{plural(now.instances.length, "instance")}{going.size > 0 ? ", paler what could go" : ""}</span>
          </figcaption>
          <PackedPicture packing={now} resource={resource} colours={colours} scale={scale} going={going} label={`${plural(now.instances.length, "instance")} with what is on them, by ${resource}. Each of them is in the list of the cluster's instances.`} />
        </figure>
        <figure>
          <figcaption>
            <b>Packed anew</b> {then ? <span className={classes.dim}>{plural(then.instances.length, "instance")}</span> : null}
          </figcaption>
          {plan.error ? <Failing failure={plan.error} onRetry={() => void plan.refetch()} /> : null}
          {then ? (
            <PackedPicture packing={then} resource={resource} colours={colours} scale={scale} label={`The same tasks on ${plural(then.instances.length, "instance")}.`} />
          ) : plan.error ? null : (
            <p className={classes.dim} role="status">
              <Loader size="xs" color="var(--mantine-color-dimmed)" /> Packing {plural(now.instances.length, "instance")}; thousands take some seconds …
            </p>
          )}
        </figure>
      </div>
      <Legend packing={now} colours={colours} view={view} />
      {plan.data ? <WhatItSaves id={id} now={now} plan={plan.data} going={going} view={view} /> : null}
    </>
  );
}

function Legend({ packing, colours, view }: { packing: Packing; colours: ReadonlyMap<string, string>; view: CapacityView }) {
  const all = workloadsByAmount(packing, view.resource);
  const others = all.filter((one) => !colours.has(one.name));
  return (
    <ul className={classes.legend} aria-label={`Tasks by ${view.resource}`}>
      {all
        .filter((one) => colours.has(one.name))
        .map((one) => (
          <Entry key={one.name} colour={colours.get(one.name) ?? othersColour} name={one.name} words={`${amountWords(view.resource, one.amount)} in ${plural(one.tasks, "task")}`} />
        ))}
      {others.length > 0 ? <Entry colour={othersColour} name={plural(others.length, "other")} words={amountWords(view.resource, others.reduce((sum, one) => sum + one.amount, 0))} /> : null}
      <Entry colour={takenColour} name="by no task" words="" />
    </ul>
  );
}

const Entry = ({ colour, name, words }: { colour: string; name: string; words: string }) => (
  <li>
    <span className={classes.swatch} style={{ background: colour }} />
    <bdi>{visible(name.slice(0, 100))}</bdi> <span className={classes.dim}>{words}</span>
  </li>
);

function WhatItSaves({ id, now, plan, going, view }: { id: string; now: Packing; plan: CapacityPlan; going: ReadonlySet<string>; view: CapacityView }) {
  const saved = savedOf(now, going);
  const command = `crowsnest capacity plan ${id}${view.room === "deployment,instance" ? "" : ` --room ${view.room}`} -o csv`;
  return (
    <div className={classes.saves}>
      <p>
        {!plan.isPossible ? (
          <b>As it is, the room that is asked for is not there, so that nothing can go:</b>
        ) : going.size === 0 ? (
          <b>All {plural(plan.instances, "instance")} are needed:</b>
        ) : (
          <>
            <b>
              {plural(going.size, "instance")} could go: {amountWords("cpu", saved.cpu)} and {amountWords("memory", saved.memory)}.
            </b>{" "}
            {plan.moves === 0 ? "No task would move." : `${plural(plan.moves, "task")} would move.`} Fewer than {plural(plan.leastKept, "instance")} cannot do. Why not more:
          </>
        )}
      </p>
      <ul>
        {plan.blocks.map((block) => (
          <li key={`${block.kind} ${block.name} ${block.text}`}>
            <bdi>{visible(block.text)}</bdi>
          </li>
        ))}
        {plan.notOrdered.map((why) => (
          <li key={why}>
            <bdi>{visible(why)}</bdi>
          </li>
        ))}
        {plan.blocks.length + plan.notOrdered.length === 0 ? <li>Nothing that is known keeps more.</li> : null}
      </ul>
      {going.size > 0 ? (
        <>
          <p className={classes.dim}>Nothing is changed by looking. The moves, in an order that keeps every service above its minimum:</p>
          <Command>{command}</Command>
        </>
      ) : null}
    </div>
  );
}
