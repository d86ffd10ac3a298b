import { deployment, running, send, stopped } from "./events";
import { expect, looks, settled, test } from "./harness";
import { startServer, type Server } from "./server";

const rows = '[role="row"][data-index]';

test("clusters are found from the rail, by keys and in the palette, and each opens its page", async ({ open, accessible, picture }) => {
  const page = await open("thousand", "/?last=6h");
  await page.getByRole("navigation").getByRole("link", { name: "Clusters" }).click();
  await expect(page).toHaveURL(/\/clusters\?last=6h/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/\d+ tasks run in \d+ services/);
  await expect(page.locator(rows).first()).toBeVisible();
  await accessible();
  await picture("clusters");
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await expect(page).toHaveURL(/\/\?last=6h/);
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  const link = page.locator(`${rows} a:not([data-aside])`).first();
  const name = (await link.textContent()) ?? "";
  await link.click();
  await expect(page).toHaveURL(/\/clusters\/\d{12}:[\w-]+:[\w-]+\?last=6h/);
  await settled(page);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find pages" }).fill(name);
  await page.getByRole("option", { name: new RegExp(`^Clusters ?${name}`) }).first().click();
  await expect(page).toHaveURL(new RegExp(`/clusters/\\d{12}:[\\w-]+:${name}`));
});

// Told of changes, the page asks by itself only every half minute: what is seen sooner came by the stream.
test("a change is seen when it is committed", async ({ page }) => {
  const server = await startServer("none");
  try {
    await send(server, [running("cart", 40)]);
    const follows = page.waitForResponse((answer) => answer.url().endsWith("/api/v1/changes"));
    await page.goto(`${server.address}/clusters`);
    await page.locator(`${rows} a:not([data-aside])`).first().click();
    await follows;
    const service = page.locator(rows).filter({ hasText: "cart" });
    await expect(service).toContainText("1 / 1");
    await send(server, [running("cart", 30)]);
    await expect(service).toContainText("2 / 2");
    await send(server, [running("cart", 20)]);
    await expect(service).toContainText("3 / 3");
  } finally {
    await server.stop();
  }
});

test.describe("one cluster", () => {
  let server: Server;
  test.beforeAll(async () => {
    server = await startServer("none");
    await send(server, [
      ...[7_200, 3_600, 600].map((secondsAgo) => stopped("checkout", { exitCode: 137, secondsAgo })),
      ...[7_000, 500].map((secondsAgo) => running("cart", secondsAgo)),
      running("checkout", 400),
      deployment("cart", "SERVICE_DEPLOYMENT_COMPLETED", 300),
    ]);
  });
  test.afterAll(() => server.stop());

  test("a cluster's tabs, orders and filters are in its address, and going back restores them", async ({ page, accessible, picture }) => {
    await page.goto(`${server.address}/clusters`);
    await page.locator(`${rows} a:not([data-aside])`).first().click();
    await expect(page.getByRole("tab", { name: /^Services/ })).toHaveAttribute("aria-selected", "true");
    await page.locator(rows).first().waitFor();
    await accessible();
    const service = page.locator(rows).filter({ hasText: "cart" });
    await expect(service).toContainText("2 / 2");
    await service.getByRole("link", { name: "cart", exact: true }).click();
    await expect(page).toHaveURL(/tab=tasks&service=/);
    await expect(page.getByRole("button", { name: "Remove service: cart" })).toBeVisible();
    await page.locator(rows).first().waitFor();
    await accessible();
    await page.getByRole("columnheader", { name: "started" }).getByRole("button").click();
    await expect(page).toHaveURL(/sort=-startedAt/);
    await expect(page.getByRole("columnheader", { name: "started" })).toHaveAttribute("aria-sort", "descending");
    await page.getByRole("button", { name: "stopped, latest first" }).click();
    await expect(page).toHaveURL(/stopped=true/);
    for (const tab of ["Instances", "Deployments", "Events"]) {
      await page.getByRole("tab", { name: new RegExp(`^${tab}`) }).click();
      await settled(page);
      await expect(page.locator(`${rows}, main h2`).first()).toBeVisible();
      await accessible();
      await picture(`cluster-${tab.toLowerCase()}`);
    }
    await page.goBack();
    await page.goBack();
    await page.goBack();
    await expect(page).toHaveURL(/stopped=true/);
    await expect(page.getByRole("button", { name: "stopped, latest first" })).toHaveAttribute("aria-pressed", "true");
  });

  test("the slider goes to a moment, to the failure before and back to now", async ({ page }) => {
    // As it was is another server's answer; here only that it is asked for is looked at.
    const asked: (string | null)[] = [];
    await page.route(/\/api\/v1\/(clusters|services)\?.*at=/, async (route) => {
      const url = new URL(route.request().url());
      const at = url.searchParams.get("at");
      asked.push(at);
      url.searchParams.delete("at");
      const answer = (await (await route.fetch({ url: url.href })).json()) as object;
      await route.fulfill({ json: { ...answer, at, since: null, note: "Before the first listing some may be unknown." } });
    });
    await page.goto(`${server.address}/clusters`);
    await page.locator(`${rows} a:not([data-aside])`).first().click();
    const slider = page.getByRole("slider", { name: "The moment that is shown" });
    await expect(slider).toHaveAttribute("aria-valuetext", "now");
    await slider.focus();
    await page.keyboard.press("PageDown");
    await expect(page).toHaveURL(/[?&]at=\d{4}-/);
    await expect(page.getByText("As it was at")).toBeVisible();
    await expect(page.getByRole("note")).toContainText("Before the first listing some may be unknown.");
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every((at) => at !== null && !Number.isNaN(Date.parse(at)))).toBe(true);
    await page.keyboard.press("End");
    await expect(page).not.toHaveURL(/[?&]at=/);
    await page.getByRole("button", { name: "failure before" }).click();
    await expect(page).toHaveURL(/[?&]at=/);
    const first = new URL(page.url()).searchParams.get("at") ?? "";
    await page.getByRole("button", { name: "failure before" }).click();
    await expect(page).not.toHaveURL(new RegExp(`at=${first.replace(/[.]/g, "\\.")}`));
    const second = new URL(page.url()).searchParams.get("at") ?? "";
    expect(Date.parse(second)).toBeLessThan(Date.parse(first));
    await page.getByRole("button", { name: "failure after" }).click();
    await expect.poll(() => Date.parse(new URL(page.url()).searchParams.get("at") ?? "")).toBeGreaterThan(Date.parse(second));
    await page.goto(`${server.address}/clusters/shop?at=${new Date(Date.now() - 5 * 3_600_000).toISOString()}`);
    await page.getByRole("button", { name: "failure before" }).click();
    await expect(page.getByText("No failure is stored before that.")).toBeVisible();
  });
});

test("a task's story is told at a link that stays, and each event of it opens", async ({ open, accessible, picture, servers }) => {
  const page = await open("thousand", "/explore?q=outcome:failure AND stopCode:*");
  const { address } = await servers("thousand");
  await page.locator(rows).first().getByRole("link", { name: /…/ }).last().click();
  await expect(page).toHaveURL(/\/tasks\/[0-9a-f]{32}/);
  const id = new URL(page.url()).pathname;
  await page.goto(address + id);
  await settled(page);
  await expect(page.getByText("Next step")).toBeVisible();
  await expect(page.getByRole("list", { name: "Evidence" })).toContainText("stopCode=");
  const life = page.getByRole("figure", { name: "The task's life" });
  await expect(life).toContainText("provisioning");
  await accessible();
  await picture("task");
  await life.getByRole("link", { name: /event/ }).first().click();
  await expect(page).toHaveURL(/open=/);
  await expect(page.getByLabel("The event as JSON")).toContainText('"lastStatus"');
  await accessible();
  await page.keyboard.press("Escape");
  await expect(page.getByLabel("The event as JSON")).toHaveCount(0);
});

test("a task that is not stored says so and where to look", async ({ open, allow, accessible }) => {
  allow(/404/);
  const page = await open("thousand", "/tasks/00000000000000000000000000000000");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("is not known");
  await expect(page.getByText("aws ecs describe-tasks")).toBeVisible();
  await accessible();
});

for (const { name, size, scheme } of looks) {
  test(`a cluster and a task are readable on a ${name}, ${scheme}`, async ({ page, open, accessible, picture, servers }) => {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: scheme });
    await open("thousand", "/clusters");
    await accessible();
    await page.locator(`${rows} a:not([data-aside])`).first().click();
    await page.locator(rows).first().waitFor();
    await expect(page.getByRole("slider")).toBeVisible();
    await accessible();
    await picture(`cluster-${name}-${scheme}`);
    const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size.width);
    await fits();
    const { address } = await servers("thousand");
    const answer = (await (await page.request.get(`${address}/api/v1/events?q=outcome:failure AND stopCode:*&limit=1`)).json()) as { items: { task: string }[] };
    await page.goto(`${address}/tasks/${answer.items[0]?.task ?? ""}`);
    await settled(page);
    await accessible();
    await picture(`task-${name}-${scheme}`);
    await fits();
  });
}
