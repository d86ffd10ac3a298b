import type { TaskItem } from "../../api/resources";
import { wordsOfSeconds } from "../../time/time";

/** 1st, 2nd, 3rd, 4th, 11th, 21st. */
export function ordinal(count: number): string {
  const teens = count % 100 > 10 && count % 100 < 14;
  const ending = teens ? "th" : (["th", "st", "nd", "rd"][count % 10] ?? "th");
  return `${count.toLocaleString("en")}${ending}`;
}

/** A duration to the two units that matter: 1.9 s, 46 s, 3 m 12 s, 3 h 12 m, 2 d 4 h. */
export function durationWords(seconds: number): string {
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return two(Math.floor(whole / 60), "m", whole % 60, "s");
  if (whole < 86_400) return two(Math.floor(whole / 3_600), "h", Math.floor((whole % 3_600) / 60), "m");
  return two(Math.floor(whole / 86_400), "d", Math.floor((whole % 86_400) / 3_600), "h");
}

const two = (large: number, largeUnit: string, small: number, smallUnit: string): string => `${large} ${largeUnit}${small > 0 ? ` ${small} ${smallUnit}` : ""}`;

/** What a person would say of a task that is not stopped. */
export function wordsOfTask(task: TaskItem, now: number): string {
  const whose = task.service ? `of ${task.service}` : task.family ? `of ${task.family}, which no service started,` : "";
  const since = (moment: string | undefined): string => (moment === undefined ? "" : ` for ${wordsOfSeconds(Math.max(0, (now - Date.parse(moment)) / 1_000))}`);
  const status = (task.lastStatus ?? "").toLowerCase();
  if (task.desiredStatus === "STOPPED") return `This task ${whose} is stopping${since(task.stoppingAt)}.`;
  if (task.lastStatus === "RUNNING") return `This task ${whose} has been running${since(task.startedAt)}.`;
  if (status === "") return `This task ${whose} is in a state that nothing has told.`;
  return `This task ${whose} has been ${status}${since(task.createdAt)}.${task.pendingReason ? ` ${task.pendingReason.reason}` : ""}`;
}

const consoles: Record<string, string> = { "aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com" };

/** The task in the console of AWS, where one who has an account sees it as long as ECS remembers it; undefined for what is no plain name. */
export function consoleAddress(task: TaskItem): string | undefined {
  const { region, cluster, taskId } = task;
  if (![region, cluster, taskId].every((part) => /^[\w-]+$/.test(part))) return undefined;
  const partition = task.taskArn?.split(":")[1] ?? "aws";
  return `https://${region}.${consoles[partition] ?? "console.aws.amazon.com"}/ecs/v2/clusters/${cluster}/tasks/${taskId}`;
}
