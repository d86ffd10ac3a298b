import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, looks, settled, test } from "./harness";
import { send, stopped } from "./events";
import { repository, startServer, type Server } from "./server";

test("with nothing received it says so and what to do", async ({ open, accessible, picture }) => {
  const page = await open("none", "/pipeline");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("no event has come in yet");
  await expect(page.getByText("crowsnest ingest events.ndjson")).toBeVisible();
  await expect(page.getByText("everything that came in could be read")).toBeVisible();
  await accessible();
  await picture("pipeline-none");
});

test("the accounting is a sum that adds up, for each source", async ({ open }) => {
  const page = await open("thousand", "/pipeline");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/Everything is accounted for: 1,\d\d\d events received =/);
  const row = page.getByRole("row", { name: /^file/ });
  await expect(row).toContainText("adds up");
  const numbers = (await row.getByRole("cell").allTextContents()).map((text) => Number(text.replace(/,/g, "")));
  expect(numbers[0]).toBe((numbers[1] ?? NaN) + (numbers[2] ?? NaN) + (numbers[3] ?? NaN));
});

test("a sum that does not add up is unmistakable", async ({ page, servers, accessible, picture }) => {
  const server = await servers("thousand");
  await page.route("**/api/v1/pipeline", async (route) => {
    const answer = (await (await route.fetch()).json()) as { total: { stored: number }; sources: Record<string, { stored: number }> };
    answer.total.stored -= 7;
    for (const sum of Object.values(answer.sources)) sum.stored -= 7;
    await route.fulfill({ json: answer });
  });
  await page.goto(`${server.address}/pipeline`);
  await settled(page);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Something is not accounted for");
  await expect(page.getByText("7 missing").first()).toBeVisible();
  await accessible();
  await picture("pipeline-not-adding-up");
});

test.describe("the quarantine", () => {
  let server: Server;
  test.beforeEach(async () => {
    server = await startServer("none");
    await send(server, [stopped("web"), "this is not JSON <img src=x onerror=\"console.error('run')\"> \u001b[31m\u202e", '{"a":1}', '{"b":2}', `{"c": "${"x".repeat(50_000)}" `]);
  });
  test.afterEach(async ({ page }) => {
    await page.goto("about:blank");
    await server.stop();
  });

  test("shows why and the bytes, as text in which nothing hides and as hex", async ({ page, accessible, picture }) => {
    await page.goto(`${server.address}/pipeline`);
    await settled(page);
    const section = page.getByRole("region", { name: "Quarantine" });
    await section.getByRole("button", { name: /not JSON \d/ }).click();
    await section.getByRole("button", { name: /Not JSON at byte/ }).last().click();
    const text = section.getByLabel("The bytes as text");
    await expect(text).toContainText("<img src=x onerror=");
    await expect(text).toContainText("␛[31m⟨202E⟩");
    await section.getByRole("button", { name: "hex" }).click();
    await expect(section.getByLabel("The bytes as hex")).toContainText("74 68 69 73 20 69 73 20  6e 6f 74 20 4a 53 4f 4e  this is not JSON");
    expect(await page.locator("main img").count()).toBe(0);
    await accessible();
    await picture("pipeline-quarantine");
  });

  test("replays all of a reason and says what became of each; drops one only when told twice", async ({ page, allow }) => {
    allow(/409/);
    await page.goto(`${server.address}/pipeline`);
    await settled(page);
    const section = page.getByRole("region", { name: "Quarantine" });
    await section.getByRole("button", { name: /no detail-type 2/ }).click();
    await section.getByRole("button", { name: "replay these 2" }).click();
    await expect(section.getByText(/It still cannot be read/)).toHaveCount(2);
    await section.getByRole("button", { name: /without a "detail-type"/ }).first().click();
    await section.getByRole("button", { name: "drop …" }).click();
    await page.getByRole("button", { name: "Keep it" }).click();
    await expect(section.getByText("dropped")).toHaveCount(0);
    await section.getByRole("button", { name: "drop …" }).click();
    await page.getByRole("button", { name: "Drop it" }).click();
    await expect(section.getByText("dropped")).toBeVisible();
    const left = (await (await fetch(`${server.address}/api/v1/quarantine`)).json()) as { items: unknown[] };
    expect(left.items.length).toBe(3);
  });

  test("goes by keys", async ({ page }) => {
    await page.goto(`${server.address}/pipeline`);
    await settled(page);
    // Keys go to rows that are there.
    await expect(page.getByRole("region", { name: "Quarantine" }).getByRole("button", { name: /Not JSON at byte/ }).last()).toBeVisible();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await expect(page.getByLabel("The bytes as text")).toBeVisible();
  });
});

test("a store that cannot write is said with its reason, on both pages, until it can again", async ({ page, accessible, picture, allow }) => {
  const folder = mkdtempSync(join(tmpdir(), "crowsnest-disk-"));
  const [library, fault] = [join(folder, "disk.so"), join(folder, "fault")];
  const built = spawnSync("cc", ["-O1", "-shared", "-fPIC", "-o", library, join(repository, "tests/disk/disk.c"), "-ldl"]);
  test.skip(process.platform !== "linux" || built.error !== undefined, "no Linux, or no C compiler (cc) to build tests/disk/disk.c with");
  allow(/503/);
  const server = await startServer("none", (data) => ({ LD_PRELOAD: library, CROWSNEST_DISK: `${data}/`, CROWSNEST_DISK_FAULT: fault }));
  try {
    await send(server, [stopped("web")]);
    writeFileSync(fault, "full");
    const waiting = send(server, [stopped("api")]).catch(() => undefined);
    await page.goto(`${server.address}/pipeline`);
    await settled(page);
    await expect(page.getByRole("alert")).toContainText("The disk is full.");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Events that come in are not written.");
    await expect(page.getByText("does not write")).toBeVisible();
    await expect(page.getByText("1 received")).toBeVisible();
    await accessible();
    await picture("pipeline-stuck");
    await page.goto(server.address);
    await settled(page);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Events that come in are not written.");
    await picture("overview-stuck");
    rmSync(fault);
    await page.goto(`${server.address}/pipeline`);
    await expect(page.getByText("writes what comes in")).toBeVisible();
    await waiting;
  } finally {
    // A page that goes on asking would complain that nobody answers.
    await page.goto("about:blank");
    await server.stop();
    rmSync(folder, { recursive: true });
  }
});

test("what a receiver did not take is said with its error and its attempts", async ({ page, servers, accessible, picture }) => {
  const server = await servers("none");
  const labels = { cluster: "shop", service: "<b>web</b>", kind: "OutOfMemory" };
  const incident = { id: "1", labels, summary: "The container <i>main</i> was killed.", count: 4, firstAt: "2026-03-02T03:00:00Z", lastAt: "2026-03-02T03:10:00Z" };
  const message = { notificationId: "0123456789abcdef", receiver: "ops", integration: "webhook", decidedAt: new Date(Date.now() - 60_000).toISOString(), dueAt: new Date(Date.now() + 30_000).toISOString(), groupLabels: labels, incidents: [incident], moreIncidents: 0, toldBy: "", remarks: [] };
  await page.route("**/api/v1/notifications*", (route) =>
    route.fulfill({ json: { items: [{ ...message, notificationId: "a", state: "sent", attempts: 1, lastError: "" }, { ...message, state: "waiting", attempts: 3, lastError: "500 <b>Internal</b>" }, { ...message, notificationId: "c", state: "failed", attempts: 9, lastError: "401" }], next: null } }),
  );
  await page.goto(`${server.address}/pipeline`);
  await settled(page);
  const section = page.getByRole("region", { name: "Messages" });
  await expect(section.locator("tbody tr").first()).toContainText(/waiting.*500 <b>Internal<\/b>.*tried 3 ×/);
  await expect(page.getByRole("region", { name: "The way of an event" })).toContainText("1 waiting 1 failed");
  await section.getByRole("button", { name: /was killed/ }).first().click();
  await expect(section.getByRole("link", { name: /was killed/ })).toHaveAttribute("href", /q=outcome:failure/);
  await accessible();
  await picture("pipeline-messages");
});

for (const { name, size, scheme } of looks) {
  test(`it is readable on a ${name}, ${scheme}`, async ({ page, open, accessible, picture }) => {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: scheme });
    await open("thousand", "/pipeline");
    await accessible();
    await picture(`pipeline-${name}-${scheme}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size.width);
  });
}
