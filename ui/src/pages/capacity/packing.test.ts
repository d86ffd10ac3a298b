import { describe, expect, it } from "vitest";
import { amountsOn, columnAt, layOut, reservedOf, workloadsByAmount, type PackedInstance, type Packing } from "./packing";

const anInstance = (instance: string, tasks: number[][], change: Partial<PackedInstance> = {}): PackedInstance => ({ instance, isDraining: false, cpu: 2_048, memory: 4_096, takenCpu: 0, takenMemory: 0, tasks, ...change });

const packing: Packing = {
  workloads: [
    { name: "api", cpu: 256, memory: 1_024, isDaemon: false },
    { name: "agent", cpu: 128, memory: 64, isDaemon: true },
  ],
  instances: [anInstance("a", [[1, 1], [0, 2]], { takenMemory: 100 }), anInstance("b", [[1, 1]]), anInstance("c", [[0, 7]], { cpu: 4_096, memory: 8_192 })],
};

describe("what is on an instance", () => {
  it("is what no task says, then its tasks, each with its amount", () => {
    expect(amountsOn(packing.instances[0]!, packing, "memory")).toEqual([
      { workload: -1, tasks: 0, amount: 100 },
      { workload: 1, tasks: 1, amount: 64 },
      { workload: 0, tasks: 2, amount: 2_048 },
    ]);
    expect(reservedOf(packing.instances[0]!, packing, "cpu")).toBe(640);
  });

  it("is summed over instances, the greatest first", () => {
    expect(workloadsByAmount(packing, "memory").map((one) => [one.name, one.tasks, one.amount])).toEqual([
      ["api", 9, 9_216],
      ["agent", 2, 128],
    ]);
  });
});

describe("the picture", () => {
  it("has the largest first and then the fullest, to one scale, with blocks from the bottom that leave what is free", () => {
    const { columns } = layOut(packing, "memory", 1_000, 3, 8_192);
    expect(columns.map((column) => column.instance.instance)).toEqual(["c", "a", "b"]);
    const [c, a] = columns;
    expect(a!.height * 2).toBeCloseTo(c!.height);
    const last = c!.blocks.at(-1)!;
    expect(last.y + last.height).toBeCloseTo((c!.height * 7) / 8);
    expect(a!.y + a!.height).toBeCloseTo(c!.y + c!.height);
  });

  it("goes on in another row where there is no room, and columns never meet", () => {
    const many: Packing = { ...packing, instances: Array.from({ length: 5_000 }, (_, index) => anInstance(`i${index}`, [[0, index % 4]])) };
    const { columns, height } = layOut(many, "memory", 700, 5_000, 4_096);
    expect(columns).toHaveLength(5_000);
    expect(new Set(columns.map((column) => `${column.x} ${Math.round(column.y + column.height)}`)).size).toBe(5_000);
    expect(Math.max(...columns.map((column) => column.x + column.width))).toBeLessThanOrEqual(700);
    expect(Math.max(...columns.map((column) => column.y + column.height))).toBeLessThanOrEqual(height);
  });

  it("says which column is under a point", () => {
    const drawing = layOut(packing, "memory", 1_000, 3, 8_192);
    const second = drawing.columns[1]!;
    expect(columnAt(drawing, second.x + 1, second.y + 1)?.instance.instance).toBe("a");
    expect(columnAt(drawing, second.x + 1, second.y - 50)).toBeUndefined();
    expect(columnAt(drawing, 900, 10)).toBeUndefined();
  });

  it("is empty where there is nothing", () => {
    expect(layOut({ workloads: [], instances: [] }, "cpu", 500, 0, 0)).toEqual({ columns: [], height: 0 });
  });
});
