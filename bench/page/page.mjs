// Measures the page in a real Chromium against the program as it is published (./crowsnest):
//   bench/run page [SECONDS]     how long the live tail runs (default 600), at 500 events a second
// First page of a warm start, when it can be used, how long the histogram takes to be drawn anew with a million events, and what the page's memory is
// after a live tail. Needs ui/node_modules, which building the program brings, and Chromium (CROWSNEST_CHROMIUM, or one on PATH).
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const repository = resolve(import.meta.dirname, "../..");
const { chromium } = createRequire(join(repository, "ui/package.json"))("@playwright/test");
const crowsnest = join(repository, "crowsnest");
const seconds = Number(process.argv[2] ?? 600);
const folder = mkdtempSync(join(tmpdir(), "crowsnest-page-bench-"));
const executablePath = process.env.CROWSNEST_CHROMIUM ?? spawnSync("sh", ["-c", "command -v chromium || command -v chromium-browser || command -v google-chrome"], { encoding: "utf8" }).stdout.trim();
const running = new Set();
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-precise-memory-info"],
});

try {
  await start();
  await redraw();
  await tail();
} finally {
  await browser.close();
  for (const child of running) child.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}

// From the command to the first sentence of the page, and to a page that has all of its answers; the program is built already.
async function start() {
  const first = [], interactive = [];
  for (let round = 0; round < 3; round++) {
    const began = performance.now();
    const demo = await serve(["demo", "--listen", "127.0.0.1:0", "--data", join(folder, `demo-${round}`)], /(?:up at|open) (http:\/\/[0-9.:]+)/);
    const page = await browser.newPage();
    await page.goto(demo.address);
    await page.locator("main h1").first().waitFor();
    first.push(performance.now() - began);
    await settled(page);
    interactive.push(performance.now() - began);
    await page.close();
    await demo.stop();
  }

  say("warm start: first sentence of the page", `${Math.round(middle(first))} ms from the command (${first.map(Math.round).join(", ")})`);
  say("warm start: page with all of its answers", `${Math.round(middle(interactive))} ms from the command (${interactive.map(Math.round).join(", ")})`);
}

async function redraw() {
  const data = join(folder, "million");
  const made = spawnSync("sh", ["-c", `"${crowsnest}" simulate --events 1000000 --seed 7 | "${crowsnest}" ingest - --no-notify --data "${data}" -o json`], { encoding: "utf8", maxBuffer: 1 << 24 });
  if (made.status !== 0) throw new Error(made.stderr);
  const up = await serve(["up", "--listen", "127.0.0.1:0", "--data", data], /up at (http:\/\/[0-9.:]+)/);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${up.address}/explore?last=all`);
  await settled(page);
  const took = [];
  for (const field of ["kind", "service", "cluster", "outcome", "kind", "service", "cluster", "outcome"]) {
    const before = await page.getByRole("list", { name: "Colours" }).textContent();
    const began = performance.now();
    await page.getByRole("combobox", { name: "Break down by" }).selectOption(field);
    await page.waitForFunction((old) => document.querySelector('[aria-label="Colours"]')?.textContent !== old, before);
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    took.push(performance.now() - began);
  }

  const heading = await page.locator("main h1").first().textContent();
  say("histogram drawn anew by another field", `${Math.round(middle(took))} ms (${took.map(Math.round).join(", ")}), over: ${heading}`);
  await page.close();
  await up.stop();
}

async function tail() {
  const up = await serve(["up", "--listen", "127.0.0.1:0", "--data", join(folder, "tail")], /up at (http:\/\/[0-9.:]+)/);
  await send(up.address, 0, 500);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const session = await page.context().newCDPSession(page);
  await page.goto(`${up.address}/explore`);
  await settled(page);
  await page.getByRole("button", { name: "Follow" }).click();
  const heaps = [];
  const began = performance.now();
  for (let second = 1; second <= seconds; second++) {
    await send(up.address, second, 500);
    if (second % Math.ceil(seconds / 6) === 0 || second === seconds) heaps.push(await heap(session));
    await new Promise((wait) => setTimeout(wait, Math.max(0, second * 1000 - (performance.now() - began))));
  }

  const rows = await page.locator("[data-index]").count();
  say(`memory of the page over ${seconds} s of live tail`, `${heaps.map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`).join(", ")} of heap after collection; ${rows} rows in the document, ${Math.round((seconds * 500 * 1000) / (performance.now() - began))} events/s sent`);
  await up.stop();
}

async function send(address, second, count) {
  const now = new Date().toISOString();
  const events = Array.from({ length: count }, (_, i) => ({
    version: "0", id: `${second}-${i}`, "detail-type": "ECS Task State Change", source: "aws.ecs", account: "123456789012", time: now, region: "eu-west-1",
    resources: [], detail: { clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/prod", taskArn: `arn:aws:ecs:eu-west-1:123456789012:task/prod/${second}x${i}`, lastStatus: "RUNNING", desiredStatus: "RUNNING", group: `service:s${i % 40}`, version: 1, updatedAt: now },
  }));
  const answer = await fetch(`${address}/api/v1/events`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(events) });
  if (answer.status !== 202) throw new Error(`${answer.status} ${await answer.text()}`);
}

async function heap(session) {
  await session.send("HeapProfiler.collectGarbage");
  return (await session.send("Runtime.getHeapUsage")).usedSize;
}

async function settled(page) {
  await page.locator("main h1, main h2").first().waitFor();
  await page.waitForFunction(() => document.querySelectorAll("[aria-busy=true]").length === 0);
}

async function serve(words, ready) {
  const child = spawn(crowsnest, words, { stdio: ["ignore", "ignore", "pipe"], cwd: folder });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let said = "";
  for await (const line of createInterface({ input: child.stderr })) {
    said += `${line}\n`;
    const found = ready.exec(line);
    if (!found) continue;
    child.stderr.resume();
    return {
      address: found[1],
      stop: async () => {
        const ended = new Promise((done) => child.once("exit", done));
        child.kill("SIGTERM");
        await ended;
      },
    };
  }

  throw new Error(said);
}

function middle(numbers) {
  return [...numbers].sort((left, right) => left - right)[Math.floor(numbers.length / 2)];
}

function say(what, figure) {
  console.log(`${what.padEnd(48)} ${figure}`);
}
