import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { defineConfig } from "@playwright/test";

/** CROWSNEST_CHROMIUM, or one on PATH. */
function chromium(): string | undefined {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const onPath = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [process.env.CROWSNEST_CHROMIUM, ...onPath].find((path): path is string => path !== undefined && existsSync(path));
}

const executablePath = chromium();

export default defineConfig({
  testDir: "browser",
  outputDir: "../artifacts/ui/browser",
  reporter: [["list"], ["json", { outputFile: "../artifacts/ui/browser.json" }]],
  // The servers of a run are shared by its tests, and two cores are soon full.
  workers: 1,
  // Long, for machines that do other things too; what is well takes a second or two.
  timeout: 90_000,
  expect: { timeout: 20_000 },
  // What flakes is a mistake of the page or of the test.
  retries: 0,
  forbidOnly: true,
  use: {
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
  },
});
