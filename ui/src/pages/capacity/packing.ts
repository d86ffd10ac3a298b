import type { Schemas } from "../../api/types";

export type Packing = Schemas["Packing"];
export type PackedInstance = Schemas["PackedInstance"];

/** What columns are as high as. */
export type Resource = "cpu" | "memory";

/** A part of a column: tasks of a workload, or what is taken by nothing that a task says (`workload` is -1). From the bottom, in pixels. */
export interface Block {
  workload: number;
  tasks: number;
  amount: number;
  y: number;
  height: number;
}

/** An instance as a column, in pixels from the top left. */
export interface Column {
  instance: PackedInstance;
  x: number;
  y: number;
  width: number;
  height: number;
  blocks: Block[];
}

export interface Drawing {
  columns: Column[];
  height: number;
}

/** The more there are, the smaller they are drawn, and still apart. */
const sizes = [
  { most: 40, width: 22, gap: 5, row: 168 },
  { most: 160, width: 12, gap: 3, row: 112 },
  { most: 800, width: 6, gap: 2, row: 64 },
  { most: Infinity, width: 4, gap: 1, row: 40 },
];

/** However small an instance is, it is seen. */
const leastHeight = 6;

/** What an instance has of something. */
export const registeredOf = (instance: PackedInstance, resource: Resource): number => instance[resource];

/** What is on an instance, from the bottom: what no task says, then its tasks by workload. */
export function amountsOn(instance: PackedInstance, packing: Packing, resource: Resource): { workload: number; tasks: number; amount: number }[] {
  const taken = resource === "cpu" ? instance.takenCpu : instance.takenMemory;
  const tasks = instance.tasks.flatMap(([workload = -1, count = 0]) => {
    const size = packing.workloads[workload]?.[resource];
    return size === undefined ? [] : [{ workload, tasks: count, amount: count * size }];
  });
  return [...(taken > 0 ? [{ workload: -1, tasks: 0, amount: taken }] : []), ...tasks];
}

/** All that is reserved of an instance. */
export const reservedOf = (instance: PackedInstance, packing: Packing, resource: Resource): number => amountsOn(instance, packing, resource).reduce((sum, one) => sum + one.amount, 0);

/**
 * Where each instance and what is on it is drawn: the largest first, then the fullest, in rows as wide as there is room. `many` and `largest` are those of the greater
 * of two pictures that are compared, so that both are drawn to one scale.
 */
export function layOut(packing: Packing, resource: Resource, room: number, many: number, largest: number): Drawing {
  const size = sizes.find((one) => many <= one.most) ?? sizes[0];
  if (!size || packing.instances.length === 0 || largest <= 0) return { columns: [], height: 0 };
  const perRow = Math.max(1, Math.floor((room + size.gap) / (size.width + size.gap)));
  const reserved = new Map(packing.instances.map((instance) => [instance, reservedOf(instance, packing, resource)]));
  const share = (instance: PackedInstance) => (reserved.get(instance) ?? 0) / Math.max(1, registeredOf(instance, resource));
  // A row is as high as the largest in it.
  const rowOf = (index: number) => Math.floor(index / perRow);
  const ordered = [...packing.instances].sort((a, b) => registeredOf(b, resource) - registeredOf(a, resource) || share(b) - share(a) || (a.instance < b.instance ? -1 : 1));
  const heightOf = (instance: PackedInstance) => Math.max(leastHeight, (registeredOf(instance, resource) / largest) * size.row);
  const tops: number[] = [0];
  for (let first = 0; first < ordered.length; first += perRow) tops.push((tops.at(-1) ?? 0) + heightOf(ordered[first] as PackedInstance) + 2 * size.gap);
  const columns = ordered.map((instance, index): Column => {
    const registered = registeredOf(instance, resource);
    const height = heightOf(instance);
    const pixels = registered > 0 ? height / registered : 0;
    let y = 0;
    const blocks = amountsOn(instance, packing, resource).map((one): Block => {
      const block = { ...one, y, height: one.amount * pixels };
      y += block.height;
      return block;
    });
    return { instance, x: (index % perRow) * (size.width + size.gap), y: (tops[rowOf(index) + 1] ?? 0) - 2 * size.gap - height, width: size.width, height, blocks };
  });
  return { columns, height: tops.at(-1) ?? 0 };
}

/** The column at a point; a gap belongs to the column before it. */
export function columnAt(drawing: Drawing, x: number, y: number): Column | undefined {
  const [first] = drawing.columns;
  if (!first) return undefined;
  return drawing.columns.find((column) => x >= column.x && x < column.x + column.width + 1 && y <= column.y + column.height && y >= column.y - 4);
}

/** Workloads by how much of something all of their tasks take, the greatest first. */
export function workloadsByAmount(packing: Packing, resource: Resource): { workload: number; name: string; tasks: number; amount: number }[] {
  const sums = packing.workloads.map((one, workload) => ({ workload, name: one.name, tasks: 0, amount: 0 }));
  for (const instance of packing.instances) {
    for (const [workload = -1, tasks = 0] of instance.tasks) {
      const sum = sums[workload];
      if (!sum) continue;
      sum.tasks += tasks;
      sum.amount += tasks * (packing.workloads[workload]?.[resource] ?? 0);
    }
  }
  return sums.filter((sum) => sum.tasks > 0).sort((a, b) => b.amount - a.amount || (a.name < b.name ? -1 : 1));
}
