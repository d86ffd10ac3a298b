// Takes the README's picture: the Overview of a demo fleet, once its day is in. Run it when the page has changed: npm run picture
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
await page.goto(address);
await page.getByRole("heading", { name: /^Six hours/ }).waitFor();
await page.waitForFunction(() => document.querySelectorAll("[aria-busy=true]").length === 0);
await page.evaluate(() => document.fonts.ready);
mkdirSync(join(repository, "docs/pictures"), { recursive: true });
await page.screenshot({ path: join(repository, "docs/pictures/overview.png"), animations: "disabled" });
await browser.close();

const ended = new Promise((done) => demo.once("exit", done));
demo.kill("SIGTERM");
await ended;
rmSync(folder, { recursive: true, force: true });
