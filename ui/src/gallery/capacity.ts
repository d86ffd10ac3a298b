import type { CapacityAdvice, CapacityHistory, CapacityOfCluster } from "../pages/capacity/useCapacity";
import type { PackedInstance, Packing } from "../pages/capacity/packing";
import { before, place } from "./fleet";
import { hostile } from "./hostile";
import { type Story, type Told } from "./story";

const address = "/capacity/111122223333:eu-west-1:shop";
const path = "/api/v1/capacity/111122223333:eu-west-1:shop";

const names = ["api", "billing", "cart", "checkout", "search", "mail", "images", "orders", "stock", "prices", "reports", "agent"];

/** So many instances of two sizes, each with a few tasks; the same for the same number. */
function packed(many: number, tasksOn: (index: number) => number[][]): Packing {
  const instances = Array.from({ length: many }, (_, index): PackedInstance => {
    const isLarge = index % 5 === 0;
    const id = index.toString(16).padStart(17, "0");
    return { instance: `c${id}`, ec2InstanceId: `i-${id}`, instanceType: isLarge ? "m6i.2xlarge" : "m6i.xlarge", availabilityZone: `eu-west-1${"abc"[index % 3]}`, isDraining: index === 7, cpu: isLarge ? 8_192 : 4_096, memory: isLarge ? 31_000 : 15_300, takenCpu: 0, takenMemory: index % 4 === 0 ? 512 : 0, tasks: tasksOn(index) };
  });
  return { workloads: names.map((name, index) => ({ name, cpu: 128 * (1 + (index % 4)), memory: 512 * (1 + (index % 5)), isDaemon: name === "agent" })), instances };
}

const some = (index: number): number[][] => [[11, 1], [index % 11, 1 + (index % 3)], [(index * 7 + 3) % 11, 1 + (index % 2)]];

function capacity(many: number, change: Partial<CapacityOfCluster> = {}): CapacityOfCluster {
  const sum = { instances: many, instancesTakingTasks: many - 1, instancesNotKnown: 0, registeredCpu: many * 4_915, reservedCpu: many * 1_400, remainingCpu: many * 3_515, cpuReservation: 28.5, registeredMemory: many * 18_440, reservedMemory: many * 6_100, remainingMemory: many * 12_340, memoryReservation: 33.1, registeredGpus: 0, reservedGpus: 0, remainingGpus: 0, registeredPorts: 0, reservedPorts: 0, remainingPorts: 0, availableCpu: many * 3_515, availableMemory: many * 12_340, availableGpus: 0, reservedNetworkInterfaces: 0, tasks: many * 4, tasksByService: [], fargateTasks: 0, fargateCpu: 0, fargateMemory: 0 };
  const items = names.map((serviceName, index) => ({ serviceName, tasks: 4, reservedCpu: 512, reservedMemory: 2_048, fargateTasks: 0, fargateCpu: 0, fargateMemory: 0, task: { cpu: 256, memory: 1_024, gpus: 0, ports: [], udpPorts: [], networkInterface: false }, fits: index * many, fitsInOnePiece: index * many + 3, instances: many, stoppedBy: "memory", stoppedOn: 1 }));
  return { ...place, total: sum, largestByCpu: { instance: "c1", cpu: 4_096, memory: 9_000 }, largestByMemory: { instance: "c2", cpu: 1_024, memory: 15_300 }, placementFailures: [], by: "service", items, next: null, ...change } as CapacityOfCluster;
}

const pathOf = (url: URL): string => decodeURIComponent(url.pathname);

/** A third of the instances could go. */
function planned(many: number): unknown {
  const [now, kept] = [packed(many, some), Math.ceil((many * 2) / 3)];
  return {
    ...place, isPossible: true, instances: many, tasks: many * 4, kept, leastKept: kept - 1, moves: many,
    released: now.instances.slice(kept).map(({ instance, ec2InstanceId }) => ({ instance, ec2InstanceId })),
    blocks: [{ kind: "resource", name: "MEMORY", needs: kept - 1, text: `MEMORY: the tasks take what ${kept - 1} instances have.` }, { kind: "room", name: "deployment", needs: kept, text: "Room for a deployment of api, its largest service, needs one more." }],
    notOrdered: [], steps: [], stepsLeftOut: 0, packing: { ...packed(kept, (index) => [...some(index), [(index * 3 + 1) % 11, 2]]) },
  };
}

/** A day with a gap and two failures to place. */
function history(many: number): CapacityHistory {
  const start = Date.parse(before(86_400));
  const items = Array.from({ length: 97 }, (_, index): CapacityHistory["items"][number] => {
    const at = new Date(start + index * 900_000).toISOString();
    if (index > 30 && index < 38) return { at, isKnown: false };
    return { at, isKnown: true, instances: many, tasks: many * 4, cpuReservation: Math.round(50 + 25 * Math.sin(index / 9)), memoryReservation: Math.round(62 + 30 * Math.sin(index / 9)) };
  });
  const placementFailures = [20, 64].map((index) => ({ at: items[index]?.at ?? "", serviceName: "checkout", code: "RESOURCE:MEMORY", reason: "No instance has enough memory left." }));
  return { ...place, from: items[0]?.at ?? "", to: items.at(-1)?.at ?? "", items, placementFailures, placementFailuresLeftOut: 0, events: 4_000, note: null };
}

const advice: CapacityAdvice = {
  ...place, windowDays: 14, itemsLeftOut: 0, notes: ["Nobody said where usage can be read, so this rests on reservations and on how tasks stopped."],
  items: [
    {
      kind: "raiseMemory", serviceName: "checkout", container: "web", fargate: false, tasks: 4, from: { memory: 512 }, to: { memory: 640 }, text: "Give container web of checkout 640 MiB instead of 512 MiB: it was killed for its memory 9 times in 14 days.",
      formula: "512 MiB, at which it was killed, + 25 % = 640 MiB", evidence: Array.from({ length: 6 }, (_, index) => ({ taskId: `${index}`.repeat(32), at: before(3_600 * (index + 1)), text: "web was killed for its memory at 512 MiB" })), evidenceTotal: 9,
      saving: { cpu: 0, memory: -512, instances: 0 }, risk: "It reserves more.", whyNotMore: "How much it would have taken no event says.", reservationsOnly: true,
    },
  ],
};

function of(many: number): Story["answer"] {
  return (url): Told | undefined => {
    switch (pathOf(url)) {
      case path:
        return { json: capacity(many) };
      case `${path}/packing`:
        return { json: { ...place, ...packed(many, some) } };
      case `${path}/plan`:
        return { json: planned(many) };
      case `${path}/history`:
        return { json: history(many) };
      case `${path}/advice`:
        return { json: advice };
      default:
        return undefined;
    }
  };
}

const failure = { serviceName: "checkout", at: before(240), code: "RESOURCE:MEMORY", reason: "No instance has enough memory left.", has: "12 instances take such tasks; the nearest misses 248 MiB.", wouldFit: "An instance with 512 CPU units and 2048 MiB left would take it.", nextStep: "Add an instance, or ask for less.", instances: 12, instancesTakingNone: 0, nearest: { instance: "c1", missingCpu: 0, missingMemory: 248, missingGpus: 0, portTaken: false } };

/** Capacity in its states: none yet, and of a cluster packed, huge, not placed, on Fargate alone, failing, hostile. */
export const capacityStories: Story[] = [
  { name: "capacity-none", path: "/capacity", answer: (url) => (url.pathname === "/api/v1/capacity" ? { json: { by: "cluster", items: [], next: null } } : undefined) },
  { name: "capacity-cluster", path: address, answer: of(24) },
  { name: "capacity-huge", path: address, answer: of(5_000) },
  { name: "capacity-not-placed", path: address, answer: (url, count) => (pathOf(url) === path ? { json: capacity(12, { placementFailures: [failure] }) } : of(12)(url, count)) },
  { name: "capacity-planning", path: address, answer: (url, count) => (pathOf(url) === `${path}/plan` ? "never" : of(200)(url, count)) },
  { name: "capacity-no-plan", path: address, answer: (url, count) => (pathOf(url) === `${path}/plan` ? { status: 400, title: "Not planned", detail: "It was asked for wrongly." } : of(24)(url, count)) },
  {
    name: "capacity-fargate",
    path: address,
    answer: (url) => (pathOf(url) === path ? { json: capacity(0, { total: { ...capacity(0).total, instancesTakingTasks: 0, fargateTasks: 14, fargateCpu: 7_168, fargateMemory: 14_336, tasks: 14 }, items: [] }) } : pathOf(url) === `${path}/advice` ? { json: { ...advice, items: [] } } : pathOf(url).startsWith(path) ? { json: { ...place, workloads: [], instances: [] } } : undefined),
  },
  {
    name: "capacity-hostile",
    path: address,
    answer: (url, count) => {
      const [first = "", turned = ""] = hostile;
      if (pathOf(url) === path) return { json: capacity(hostile.length, { cluster: first, placementFailures: hostile.map((said) => ({ ...failure, serviceName: said, reason: said })), items: capacity(3).items.map((item, index) => ({ ...item, serviceName: hostile[index % hostile.length] ?? "" })) } as Partial<CapacityOfCluster>) };
      const now = packed(hostile.length, some);
      const spoilt = { workloads: now.workloads.map((one, index) => ({ ...one, name: hostile[index % hostile.length] ?? "" })), instances: now.instances.map((one, index) => ({ ...one, ec2InstanceId: hostile[index] ?? "", instanceType: turned })) };
      if (pathOf(url) === `${path}/packing`) return { json: { ...place, ...spoilt } };
      if (pathOf(url) === `${path}/advice`) return { json: { ...advice, notes: [first], items: hostile.map((text) => ({ ...advice.items[0], serviceName: text, text, formula: text })) } };
      if (pathOf(url) === `${path}/history`) return { json: { ...history(7), note: turned, placementFailures: hostile.map((text) => ({ at: before(40_000), serviceName: text, code: text, reason: text })) } };
      if (pathOf(url) === `${path}/plan`) return { json: { ...(planned(hostile.length) as object), blocks: hostile.map((text) => ({ kind: "resource", name: text, needs: 1, text })), packing: spoilt } };
      return of(3)(url, count);
    },
  },
];
