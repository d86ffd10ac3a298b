import { plural } from "../../parts/words";
import type { State } from "../../state";
import { cpuWords, gibWords } from "../cluster/words";
import type { Packing, Resource } from "./packing";
import type { CapacityOfCluster, CapacityPlan, CapacityService } from "./useCapacity";

/** An amount in its unit. */
export const amountWords = (resource: Resource, amount: number): string => (resource === "cpu" ? `${cpuWords(amount)} vCPU` : `${gibWords(amount)} GiB`);

/** What a person would say first of a cluster's capacity: what has no place, else what could go, else what is reserved. */
export function sentenceOf(capacity: CapacityOfCluster, plan: CapacityPlan | undefined, isLive: boolean): { state: State; broken: string; rest: string } {
  const { total, cluster } = capacity;
  const failures = capacity.placementFailures.length;
  const [first] = capacity.placementFailures;
  const has = isLive ? "have" : "had";
  const broken = first ? (failures === 1 ? `Tasks of ${first.serviceName} ${has} no place in ${cluster}` : `Tasks of ${plural(failures, "service")} ${has} no place in ${cluster}`) : "";
  if (total.instances === 0) return { state: failures > 0 ? "failing" : "healthy", broken, rest: `${plural(total.fargateTasks, "task")} of ${cluster} ${isLive ? (total.fargateTasks === 1 ? "runs" : "run") : "ran"} on Fargate, which has no instances.` };
  const state: State = failures > 0 ? "failing" : "healthy";
  const { cpuReservation: cpu, memoryReservation: memory } = total;
  const reserved = cpu === undefined || memory === undefined ? `What ${cluster} has is not known yet` : `${Math.round(cpu)} % of the CPU and ${Math.round(memory)} % of the memory of ${cluster} ${isLive ? "are" : "were"} reserved, on ${plural(total.instances, "instance")}`;
  if (failures > 0 || !plan || plan.kept >= plan.instances || !plan.isPossible) return { state, broken, rest: `${reserved}.` };
  const going = plan.instances - plan.kept;
  return { state, broken, rest: `${plan.kept.toLocaleString("en")} of ${plural(plan.instances, "instance")} would hold the same ${plural(plan.tasks, "task")} of ${cluster}: ${going === 1 ? "one" : going.toLocaleString("en")} could go.` };
}

/** What instances that go had, all together. */
export function savedOf(packing: Packing, going: ReadonlySet<string>): { cpu: number; memory: number } {
  const gone = packing.instances.filter((instance) => going.has(instance.instance));
  return { cpu: gone.reduce((sum, instance) => sum + instance.cpu, 0), memory: gone.reduce((sum, instance) => sum + instance.memory, 0) };
}

/** What a piece of advice saves or costs, over all tasks of its service. */
export function savingWords(saving: { cpu: number; memory: number; instances?: number; perMonth?: number; currency?: string }): string {
  const parts = [
    ...(saving.cpu === 0 ? [] : [amountWords("cpu", Math.abs(saving.cpu))]),
    ...(saving.memory === 0 ? [] : [amountWords("memory", Math.abs(saving.memory))]),
    ...(saving.instances ? [plural(Math.abs(saving.instances), "instance")] : []),
    ...(saving.perMonth ? [`${Math.abs(saving.perMonth).toLocaleString("en")} ${saving.currency ?? ""} a month`.trim()] : []),
  ];
  if (parts.length === 0) return "";
  const isCost = (saving.perMonth ?? (saving.memory || saving.cpu)) < 0;
  return `${isCost ? "reserves" : "saves"} ${parts.join(", ")}${isCost ? " more" : ""}`;
}

const stops: Record<string, string> = { cpu: "CPU", memory: "memory", gpus: "GPUs", ports: "ports", instances: "no instance takes them" };

/** What stops the next task of a service. */
export const stopsIt = (service: CapacityService): string => (service.stoppedBy === undefined ? "" : (stops[service.stoppedBy] ?? service.stoppedBy));

/** Services with tasks on instances, where fewest more fit first; of Fargate nothing is counted. */
export const byFit = (services: readonly CapacityService[]): CapacityService[] =>
  services.filter((service) => service.fits !== undefined && service.serviceName !== "").sort((a, b) => (a.fits ?? 0) - (b.fits ?? 0) || (a.serviceName < b.serviceName ? -1 : 1));
