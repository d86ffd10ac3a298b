import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";

export const repository = resolve(import.meta.dirname, "../..");
const program = process.env.CROWSNEST_PROGRAM ?? join(repository, "artifacts/bin/Crowsnest/release/crowsnest");

/** How many events a server of the tests holds. */
export type Size = "none" | "thousand" | "million";

export interface Server {
  address: string;
  /** Runs a command of the program on this server's data. */
  run: (...words: string[]) => string;
  stop: () => Promise<void>;
}

/** The generator of streams beside the repository; undefined where it is not. */
export function generator(): string | undefined {
  for (let folder = dirname(repository); ; folder = dirname(folder)) {
    const path = join(folder, "shared/streams/ecs-stream-gen");
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) return undefined;
  }
}

/** `crowsnest up` with so many events, the newest of which is a few minutes old. */
export async function startServer(size: Size): Promise<Server> {
  const data = mkdtempSync(join(tmpdir(), `crowsnest-page-${size}-`));
  fill(data, size);
  const up = spawn(program, ["up", "--listen", "127.0.0.1:0", "--data", data], { stdio: ["ignore", "ignore", "pipe"], cwd: data });
  const address = await addressOf(up);
  return {
    address,
    run: (...words) => run(data, ...words),
    stop: async () => {
      const ended = new Promise((done) => up.once("exit", done));
      up.kill("SIGTERM");
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

// Streams of the generator begin where they are told to; its fleet makes about 35 events a second. A thousand are ten short pieces of six hours,
// a million one of eight.
const pieces: Record<Size, { events: number; minutesAgo: number }[]> = {
  none: [],
  thousand: Array.from({ length: 10 }, (_, piece) => ({ events: 100, minutesAgo: 3 + piece * 37 })),
  million: [{ events: 1_000_000, minutesAgo: 500 }],
};

function fill(data: string, size: Size): void {
  const path = generator();
  if (path === undefined) throw new Error("no shared samples (streams/ecs-stream-gen) beside the repository");
  const file = join(data, "events.ndjson");
  for (const [piece, { events, minutesAgo }] of pieces[size].entries()) {
    const start = new Date(Date.now() - minutesAgo * 60_000).toISOString().replace(/\.\d+Z$/, "Z");
    const made = spawnSync(path, ["--events", String(events), "--seed", `page-${piece}`, "--failures", "8", "--odd", "2", "--out", file, "--start", start], { encoding: "utf8" });
    if (made.status !== 0) throw new Error(`ecs-stream-gen: ${made.stderr}`);
    run(data, "ingest", "--no-notify", file);
    rmSync(file);
  }
}

function run(data: string, ...words: string[]): string {
  const ran = spawnSync(program, [...words, "--data", data], { encoding: "utf8", cwd: data, maxBuffer: 64 << 20 });
  if (ran.status !== 0) throw new Error(`crowsnest ${words.join(" ")}: ${ran.stderr}`);
  return ran.stdout;
}

async function addressOf(up: ChildProcess): Promise<string> {
  if (!up.stderr) throw new Error("The program's stderr is a pipe.");
  let said = "";
  for await (const line of createInterface({ input: up.stderr })) {
    said += `${line}\n`;
    const found = /is up at (http:\/\/[0-9.:]+)/.exec(line);
    if (found?.[1]) {
      up.stderr.resume();
      return found[1];
    }
  }
  throw new Error(`crowsnest up ended: ${said}`);
}
