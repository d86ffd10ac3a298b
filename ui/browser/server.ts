import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
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

/** `crowsnest up` with so many events, the newest of which is a few minutes old; `environment` gives what it starts with besides, for its data folder. */
export async function startServer(size: Size, environment: (data: string) => NodeJS.ProcessEnv = () => ({})): Promise<Server> {
  const data = mkdtempSync(join(tmpdir(), `crowsnest-page-${size}-`));
  fill(data, size);
  const up = spawn(program, ["up", "--listen", "127.0.0.1:0", "--data", data], { stdio: ["ignore", "ignore", "pipe"], cwd: data, env: { ...process.env, ...environment(data) } });
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

// Events of the program's own simulated fleet. A thousand are the last until three minutes ago, when all of the fleet has come up and some of it has failed;
// a million are what it says in about two months.
function fill(data: string, size: Size): void {
  if (size === "none") return;
  const file = join(data, "events.ndjson");
  if (size === "thousand") {
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    ran("simulate", "--events", "8000", "--seed", "7", "--from", ago(240), "--out", file);
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    const isOver = (line: string) => (/"time":"([^"]+)"/.exec(line)?.[1] ?? "") < ago(3);
    const past = lines.filter(isOver).slice(-1_000);
    if (past.length < 1_000) throw new Error(`The simulated fleet said ${past.length} events in time.`);
    writeFileSync(file, past.join("\n"));
  } else {
    ran("simulate", "--events", "1000000", "--seed", "7", "--from", new Date(Date.now() - 60 * 86_400_000).toISOString(), "--out", file);
  }
  run(data, "ingest", "--no-notify", file);
  rmSync(file);
}

const run = (data: string, ...words: string[]): string => ran(...words, "--data", data).stdout;

function ran(...words: string[]): { stdout: string; stderr: string } {
  const ended = spawnSync(program, words, { encoding: "utf8", cwd: tmpdir(), maxBuffer: 64 << 20 });
  if (ended.status !== 0) throw new Error(`crowsnest ${words.join(" ")}: ${ended.stderr}`);
  return ended;
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
