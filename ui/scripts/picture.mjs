// Takes the README's pictures: the Overview of a demo fleet, once its day is in, and a task that ran out of memory. Run it when these pages have changed: npm run picture
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "@playwright/test";

const repository = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "crowsnest-picture-"));
const demo = spawn(join(repository, "crowsnest"), ["demo", "--listen", "127.0.0.1:0", "--data", join(folder, "demo")], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
const found = (name) => spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
const executablePath = process.env.CROWSNEST_CHROMIUM ?? (found("chromium") || found("chromium-browser") || found("google-chrome"));

let address;
for await (const line of createInterface({ input: demo.stderr })) {
  address ??= /open (http:\/\/[0-9.:]+)/.exec(line)?.[1];
  if (line.includes("hours are in")) break;
}
demo.stderr.resume();
if (address === undefined) throw new Error("The demo did not start.");

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, colorScheme: "dark", reducedMotion: "reduce" });
const folderOfPictures = join(repository, "docs/pictures");
mkdirSync(folderOfPictures, { recursive: true });

async function take(name, path, ready) {
  await page.goto(address + path);
  await ready().waitFor();
  await page.waitForFunction(() => document.querySelectorAll("[aria-busy=true]").length === 0);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folderOfPictures, `${name}.png`), animations: "disabled" });
}

const ask = async (path) => (await (await fetch(`${address}/api/v1/${path}`)).json()).items[0];
await take("overview", "/", () => page.getByRole("heading", { name: /^Six hours/ }));
// search-indexer outgrows its memory in every demo.
const { task } = await ask(`events?q=${encodeURIComponent("kind:OutOfMemory AND service:search-indexer")}&limit=1`);
await take("task", `/tasks/${task}`, () => page.getByText("Next step"));
await browser.close();

const ended = new Promise((done) => demo.once("exit", done));
demo.kill("SIGTERM");
await ended;
rmSync(folder, { recursive: true, force: true });
