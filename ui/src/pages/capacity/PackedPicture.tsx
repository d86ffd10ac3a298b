import { useEffect, useMemo, useRef, useState } from "react";
import { visible } from "../../parts/EventText";
import { plural } from "../../parts/words";
import { cpuWords, gibWords } from "../cluster/words";
import { othersColour, takenColour } from "./colours";
import { amountsOn, columnAt, layOut, registeredOf, reservedOf, type Column, type Drawing, type Packing, type Resource } from "./packing";
import classes from "./Capacity.module.css";

interface PackedPictureProps {
  packing: Packing;
  resource: Resource;
  /** By the workload's name. */
  colours: ReadonlyMap<string, string>;
  /** Of the greater of two pictures that are compared: how many instances, and how much the largest has. */
  scale: { many: number; largest: number };
  /** Instances that could go: drawn paler. */
  going?: ReadonlySet<string>;
  /** What it shows, for whoever does not see it. */
  label: string;
}

/** Instances as columns, packed with the tasks that are on them; what is free is empty. Drawn by pixels, since there may be thousands. */
export function PackedPicture({ packing, resource, colours, scale, going, label }: PackedPictureProps) {
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [room, setRoom] = useState(0);
  const [seen, setSeen] = useState<{ column: Column; x: number; y: number }>();
  const drawing = useMemo(() => layOut(packing, resource, room, scale.many, scale.largest), [packing, resource, room, scale.many, scale.largest]);

  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const sizes = new ResizeObserver(() => setRoom(element.clientWidth));
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);

  // Inks are custom properties, read when it is drawn; so a change of theme draws it anew.
  useEffect(() => {
    const element = canvas.current;
    if (!element || room === 0) return;
    const again = () => draw(element, drawing, room, packing, colours, going);
    again();
    const themes = new MutationObserver(again);
    themes.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
    return () => themes.disconnect();
  }, [drawing, room, packing, colours, going]);

  return (
    <div ref={holder} className={classes.picture} onPointerLeave={() => setSeen(undefined)}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        onPointerMove={(event) => {
          const at = event.currentTarget.getBoundingClientRect();
          const [x, y] = [event.clientX - at.left, event.clientY - at.top];
          const column = columnAt(drawing, x, y);
          setSeen(column ? { column, x, y: column.y + column.height } : undefined);
        }}
      />
      {seen ? <Told column={seen.column} packing={packing} resource={resource} isGoing={going?.has(seen.column.instance.instance) ?? false} x={seen.x} y={seen.y} room={room} /> : null}
    </div>
  );
}

/** What one column is, beside the pointer. */
function Told({ column, packing, resource, isGoing, x, y, room }: { column: Column; packing: Packing; resource: Resource; isGoing: boolean; x: number; y: number; room: number }) {
  const { instance } = column;
  const words = (amount: number) => (resource === "cpu" ? `${cpuWords(amount)} vCPU` : `${gibWords(amount)} GiB`);
  const on = amountsOn(instance, packing, resource).sort((a, b) => b.amount - a.amount);
  const shown = on.slice(0, 8);
  return (
    <div className={classes.told} style={x > room / 2 ? { right: room - x + 8, top: y + 6 } : { left: x + 8, top: y + 6 }}>
      <b>
        <bdi>{visible(instance.ec2InstanceId ?? instance.instance)}</bdi>
      </b>{" "}
      <span className={classes.dim}>{visible([instance.instanceType, instance.availabilityZone].filter(Boolean).join(" "))}</span>
      <div>
        {words(reservedOf(instance, packing, resource))} of {words(registeredOf(instance, resource))} reserved{instance.isDraining ? ", draining" : ""}
        {isGoing ? ", could go" : ""}
      </div>
      {shown.map((one) => (
        <div key={one.workload} className={classes.dim}>
          {words(one.amount)} {one.workload < 0 ? "by no task" : visible(`${packing.workloads[one.workload]?.name ?? ""}${one.tasks > 1 ? ` × ${one.tasks}` : ""}`)}
        </div>
      ))}
      {on.length > shown.length ? <div className={classes.dim}>and {plural(on.length - shown.length, "other")}</div> : null}
    </div>
  );
}

function draw(element: HTMLCanvasElement, drawing: Drawing, room: number, packing: Packing, colours: ReadonlyMap<string, string>, going: ReadonlySet<string> | undefined): void {
  const styles = getComputedStyle(element);
  const inks = new Map<string, string>();
  const ink = (colour: string): string => {
    const known = inks.get(colour) ?? (colour.startsWith("var(") ? styles.getPropertyValue(colour.slice(4, -1)).trim() : colour);
    inks.set(colour, known);
    return known;
  };
  const dots = window.devicePixelRatio || 1;
  element.width = Math.max(1, Math.round(room * dots));
  element.height = Math.max(1, Math.round(drawing.height * dots));
  element.style.width = `${room}px`;
  element.style.height = `${drawing.height}px`;
  const pen = element.getContext("2d");
  if (!pen) return;
  pen.scale(dots, dots);
  for (const { instance, x, y, width, height, blocks } of drawing.columns) {
    pen.globalAlpha = going?.has(instance.instance) ? 0.35 : 1;
    pen.fillStyle = ink("var(--surface-sunken)");
    pen.fillRect(x, y, width, height);
    for (const block of blocks) {
      const name = packing.workloads[block.workload]?.name;
      pen.fillStyle = ink(name === undefined ? takenColour : (colours.get(name) ?? othersColour));
      // A thin line between tasks of different workloads, where there is room for one.
      const line = block.height > 3 ? 0.5 : 0;
      pen.fillRect(x, y + height - block.y - block.height + line, width, Math.max(block.height - line, 0.5));
    }
    pen.strokeStyle = ink(instance.isDraining ? "var(--state-warning)" : "var(--line)");
    pen.lineWidth = 1;
    if (width > 4) pen.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
  }
  pen.globalAlpha = 1;
}
