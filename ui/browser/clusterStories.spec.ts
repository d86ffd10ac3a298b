import { expect, test, type Page } from "./harness";

const rows = '[role="row"][data-index]';

const nothingRan = async (page: Page) => {
  expect(await page.title()).not.toMatch(/^[12]$/);
  expect(await page.locator("main img, main script").count()).toBe(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1280);
};

test("story: no cluster yet says what to do", async ({ story, accessible }) => {
  const page = await story("clusters-none");
  await expect(page.getByText("crowsnest ingest events.ndjson")).toBeVisible();
  await accessible();
});

test("story: of hundreds of clusters the one where something fails is first, and only those in sight are in the page", async ({ story, accessible, picture }) => {
  const page = await story("clusters-hundred");
  // It sorts last by its name; all pages are there once one has gone to the end.
  const table = page.getByRole("table", { name: "Clusters" });
  await table.evaluate((element) => element.scrollTo(0, 28 * 190));
  await expect(page.getByText("That is all: 261 clusters.")).toBeAttached();
  await table.evaluate((element) => element.scrollTo(0, 0));
  await expect(page.locator('[data-index="0"]')).toContainText("failing");
  await expect(page.locator('[data-index="0"]')).toContainText("shop");
  expect(await page.locator(rows).count()).toBeLessThan(60);
  await accessible();
  await picture("story-clusters-hundred");
});

test("story: what fails is said first, services with why, and numbers with where they are from", async ({ story, accessible, picture }) => {
  const page = await story("cluster");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/1 of 3 services in shop is failing since .*: checkout\. 7 tasks run, 1 is starting, on 2 instances\./);
  await expect(page.locator('[data-index="0"]')).toContainText("checkout");
  await expect(page.locator('[data-index="0"]')).toContainText("Its images are being pulled.");
  await expect(page.locator('[data-index="0"]').getByTitle(/running: counted from its tasks, last changed .* ago\s+desired: said by an event of the service/)).toHaveText("+1 1 / 2");
  await expect(page.locator(rows).filter({ hasText: "search" })).toContainText("2 / ?");
  await accessible();
  await picture("story-cluster");
});

test("story: a state asks for what made it so, and a name with Alt for its events", async ({ story }) => {
  const page = await story("cluster");
  const search = page.getByLabel("Search events");
  await page.locator('[data-index="0"]').getByRole("link", { name: "failing" }).click();
  await expect(search).toHaveValue("account:111122223333 AND region:eu-west-1 AND cluster:shop AND service:checkout AND outcome:failure");
  await page.goto(page.url());
  await page.reload();
  await page.locator('[data-index="0"]').getByRole("link", { name: "checkout" }).click({ modifiers: ["Alt"] });
  await expect(search).toHaveValue("account:111122223333 AND region:eu-west-1 AND cluster:shop AND service:checkout");
});

test("story: an instance whose agent is away or that drains says so, with one bar for what it has", async ({ story, accessible, picture }) => {
  const page = await story("cluster-instances");
  await expect(page.locator('[data-index="1"]')).toContainText("agent away");
  await expect(page.locator('[data-index="2"]')).toContainText("draining");
  await expect(page.locator('[data-index="0"]').getByRole("img", { name: "4 vCPU registered: 1.5 used by tasks, 0.5 taken by what no task says, 2 remaining" })).toBeVisible();
  await accessible();
  await picture("story-cluster-instances");
});

test("story: in the past each list is asked for that moment, and says how complete it is", async ({ story, accessible, picture }) => {
  const page = await story("cluster-past");
  await expect(page.getByText("As it was at")).toBeVisible();
  await expect(page.getByRole("note")).toContainText("a task that had said nothing since may be unknown");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("was failing");
  for (const tab of ["Tasks", "Instances", "Deployments"]) {
    await page.getByRole("tab", { name: new RegExp(`^${tab}`) }).click();
    await expect(page.locator(rows).first()).toBeVisible();
    await expect(page.getByRole("note")).toContainText("Nothing was listed before this moment");
    await expect(page.getByRole("alert")).toHaveCount(0);
  }
  await accessible();
  await picture("story-cluster-past");
  await page.getByRole("button", { name: "back to live" }).click();
  await expect(page.getByRole("note")).toHaveCount(0);
});

test("story: a cluster in which no service is known", async ({ story, accessible }) => {
  const empty = await story("cluster-empty");
  await expect(empty.getByRole("heading", { name: "No service of this cluster is known" })).toBeVisible();
  await accessible();
});

test("story: a cluster that nothing names", async ({ story, accessible }) => {
  const page = await story("cluster-not-known");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("No cluster “nowhere” is known.");
  await accessible();
});

test("story: a name that two clusters have is asked about", async ({ story, accessible }) => {
  const page = await story("cluster-of-two");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("2 clusters have the name “shop”.");
  await accessible();
  await page.getByRole("link", { name: /us-east-1/ }).click();
  await expect(page.getByText("/ 111122223333 us-east-1")).toBeVisible();
});

test("story: a list that takes long says that it is on its way", async ({ story, accessible }) => {
  const page = await story("cluster-loading");
  await expect(page.getByText("Asking the server …")).toBeVisible();
  await accessible();
});

test("story: what a server said last stays with its age when it fails", async ({ story, accessible, picture }) => {
  const page = await story("cluster-failing");
  await page.locator(rows).first().waitFor();
  await expect(page.getByRole("alert").first()).toContainText(/What is shown is from .*The disk is full\./, { timeout: 30_000 });
  await expect(page.locator(rows).first()).toBeVisible();
  await accessible();
  await picture("story-cluster-failing");
});

test("story: ten thousand tasks are walked by keys, page by page, and what is looked at stays when others come", async ({ story, accessible }) => {
  const page = await story("cluster-ten-thousand");
  const table = page.getByRole("table", { name: "Tasks" });
  await page.locator('[data-index="0"]').waitFor();
  for (const index of [150, 350]) {
    await table.evaluate((element, to) => element.scrollTo(0, 28 * to), index);
    await expect(page.locator(`[data-index="${index}"]`)).toBeVisible();
  }
  expect(await page.locator(rows).count()).toBeLessThan(80);
  await page.locator('[data-index="352"] a:not([data-aside])').first().focus();
  await page.keyboard.press("j");
  await expect(page.locator('[data-index="353"] a:not([data-aside])').first()).toBeFocused();
  const row = page.locator(rows).filter({ has: page.locator("a:focus") });
  const at = async () => Math.round((await page.locator("a:focus").boundingBox())?.y ?? -1);
  const before = await at();
  // Three more sort before all: the row has another number then, and stands where it was.
  await expect(row).toHaveAttribute("data-index", "356", { timeout: 40_000 });
  expect(await at()).toBe(before);
  await expect(page.getByRole("button", { name: "3 new rows above: show" })).toBeVisible();
  await accessible();
});

test("story: hostile text is text on a cluster's page", async ({ story, accessible, picture }) => {
  const page = await story("cluster-hostile");
  await expect(page.locator(rows)).toHaveCount(7);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("<img src=x onerror");
  await nothingRan(page);
  await accessible();
  await picture("story-cluster-hostile");
});

test("story: a task's diagnosis, its life, its siblings and what it overrides", async ({ story, accessible, picture }) => {
  const page = await story("task");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Out of memory: The container \"web\" was killed at its 512 MiB limit after 3 h 18 m. 4th time in 24 hours in checkout.");
  const life = page.getByRole("figure");
  await expect(life.getByRole("link", { name: /exit code 137: OutOfMemoryError/ })).toBeVisible();
  await expect(life).toContainText("running 3 h 18 m");
  await expect(page.getByRole("region", { name: "Other tasks of its deployment" })).toContainText("1 of them stopped in the same way.");
  await expect(page.getByLabel("What is overridden")).toContainText('"value": "***"');
  await expect(page.getByRole("link", { name: "AWS console" })).toHaveAttribute("href", /^https:\/\/eu-west-1\.console\.aws\.amazon\.com\/ecs\/v2\/clusters\/shop\/tasks\//);
  await accessible();
  await picture("story-task");
});

test("story: a running task says how long, and its life is open at the end", async ({ story, accessible }) => {
  const page = await story("task-running");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("has been running for");
  await expect(page.getByRole("figure")).toContainText("so far");
  await accessible();
});

test("story: hostile text is text on a task's page, also in an event that is open", async ({ story, accessible, picture }) => {
  const page = await story("task-hostile");
  await nothingRan(page);
  await accessible();
  await page.getByRole("region", { name: "Its events" }).getByRole("link").first().click();
  await expect(page.getByLabel("The event as JSON")).toContainText("<img src=x onerror");
  await nothingRan(page);
  await picture("story-task-hostile");
});

test("story: five hundred events of a task", async ({ story, accessible }) => {
  const page = await story("task-huge");
  await expect(page.getByText("Not all of it: The task has more than 500 events")).toBeVisible();
  await accessible();
  await page.getByRole("button", { name: "488 earlier" }).click();
  await expect(page.getByRole("region", { name: "Its events" }).getByRole("listitem")).toHaveCount(500);
});
