import { expect, looks, settled, test } from "./harness";
import { startServer, type Server } from "./server";
import { deployment, send, stopped } from "./events";

test("with nothing stored it says what to do", async ({ open, accessible, picture }) => {
  const page = await open("none", "/");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("No event has come in yet");
  await expect(page.getByText("crowsnest ingest events.ndjson")).toBeVisible();
  await accessible();
  await picture("overview-none");
});

test("each failure leads to its events, by hand and by keys", async ({ open, accessible }) => {
  const page = await open("thousand", "/");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/failing in|Quiet again|All quiet|Nothing is broken/);
  await accessible();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  const first = page.getByRole("region", { name: "Failing lately" }).locator("tbody tr").first();
  await expect(first.locator("td a").first()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/explore\?q=outcome:failure\+AND\+/);
  await page.goBack();
  await page.getByRole("region", { name: "Clusters" }).getByRole("listitem").getByRole("link").first().click();
  await expect(page).toHaveURL(/\/clusters\/\d{12}:[\w-]+:[\w-]+/);
});

test("a stretch of the last six hours that is chosen becomes the time of the page", async ({ open }) => {
  const page = await open("thousand", "/");
  const plot = page.getByRole("region", { name: /Six hours/ }).locator(".u-over");
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  if (!box) throw new Error("The strip has a plot.");
  await page.mouse.move(box.x + box.width * 0.25, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 30, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=.*&to=/);
  await expect(page.getByText("The past:")).toBeVisible();
});

test("when the server does not answer any more, what it said last stays, with its age", async ({ open, allow, accessible, picture }) => {
  allow(/50[03]/);
  const page = await open("thousand", "/");
  const said = await page.getByRole("heading", { level: 1 }).textContent();
  await page.route("**/api/v1/status*", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify({ title: "Store unavailable", detail: "The disk is <b>away</b>." }) }));
  await expect(page.getByRole("alert")).toContainText("What is shown is from", { timeout: 20_000 });
  await expect(page.getByRole("alert")).toContainText("The disk is <b>away</b>.");
  expect(said?.split(".")[0]).toBe((await page.getByRole("heading", { level: 1 }).textContent())?.split(".")[0]);
  await accessible();
  await picture("overview-failing");
});

test.describe("while something is broken", () => {
  let server: Server;
  const hostile = `<img src=x onerror="console.error('run')">\u202e${"long ".repeat(2_000)}`;
  test.beforeAll(async () => {
    server = await startServer("none");
    await send(server, [
      ...Array.from({ length: 5 }, (_, at) => stopped("checkout", { exitCode: 137, secondsAgo: 60 + at * 60 })),
      stopped("search", { secondsAgo: 50, reason: hostile, container: hostile }),
      deployment("cart", "SERVICE_DEPLOYMENT_IN_PROGRESS", 40),
      deployment("payments", "SERVICE_DEPLOYMENT_FAILED", 30),
    ]);
  });
  test.afterAll(() => server.stop());

  test("the sentence says how much, where and since when, and comes first", async ({ page, accessible, picture }) => {
    await page.goto(server.address);
    await settled(page);
    await expect(page.getByRole("heading", { level: 1 })).toContainText(/3 services failing in 1 cluster since (\d+ \w+ )?\d\d:\d\d\./);
    const rows = page.getByRole("region", { name: "Failing lately" }).locator("tbody tr");
    await expect(rows).toHaveCount(3);
    await expect(rows.filter({ hasText: "checkout" })).toContainText("failing");
    await expect(page.getByRole("link", { name: "cart: in progress" })).toBeVisible();
    await accessible();
    await picture("overview-broken");
  });

  test("what comes from events is text, however long and of whatever direction", async ({ page }) => {
    await page.goto(server.address);
    await settled(page);
    expect(await page.locator("main img").count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1280);
  });
});

for (const { name, size, scheme } of looks) {
  test(`it is readable on a ${name}, ${scheme}`, async ({ page, open, accessible, picture }) => {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: scheme });
    await open("thousand", "/");
    await accessible();
    await picture(`overview-${name}-${scheme}`);
    expect(await page.evaluate(() => [document.documentElement.scrollWidth, document.querySelector("main")?.scrollWidth ?? 0])).toEqual([size.width, await page.locator("main").evaluate((main) => main.clientWidth)]);
  });
}

test("a million events take it no longer to say how things stand @million", async ({ open, picture }) => {
  test.setTimeout(420_000);
  const page = await open("million", "/?last=all");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/failing in|Quiet again|All quiet|Nothing is broken/);
  await picture("overview-million");
  const milliseconds = await page.evaluate(async () => {
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const started = performance.now();
      await (await fetch("/api/v1/status?from=1970-01-01")).arrayBuffer();
      times.push(performance.now() - started);
    }
    return times.sort((a, b) => a - b)[2] ?? 0;
  });
  console.log(`GET /api/v1/status over 1,000,000 events: ${Math.round(milliseconds)} ms (median of 5)`);
  expect(milliseconds).toBeLessThan(1_500);
});
