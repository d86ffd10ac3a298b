import { expect, looks, settled, test, type Page } from "./harness";

const columns = (page: Page, name: string) => page.getByRole("img", { name: new RegExp(name) });

/** How many pixels of a drawing are not empty. */
const inked = (page: Page, name: string) =>
  columns(page, name).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
    let count = 0;
    for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 0) > 0) count++;
    return count;
  });

test("capacity is found from the rail and by keys, and a cluster's says how few instances would do", async ({ open, accessible, picture }) => {
  const page = await open("thousand", "/");
  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await expect(page).toHaveURL(/\/capacity/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/Every task has its place|tasks have no place/);
  await page.locator('[role="row"][data-index] a').first().waitFor();
  await accessible();
  await picture("capacity-clusters");
  await page.getByRole("columnheader", { name: "instances" }).getByRole("button").click();
  await expect(page).toHaveURL(/sort=-instances/);
  await page.locator('[role="row"][data-index] a').first().click();
  await expect(page).toHaveURL(/\/capacity\/\d{12}:[\w-]+:[\w-]+/);
  await expect(page.getByText("Packed anew")).toBeVisible();
  await settled(page);
  await expect(columns(page, "The same tasks on")).toBeVisible();
  expect(await inked(page, "with what is on them")).toBeGreaterThan(1_000);
  expect(await inked(page, "The same tasks on")).toBeGreaterThan(1_000);
  await accessible();
  await picture("capacity-cluster");
  await page.getByRole("button", { name: "CPU" }).click();
  await expect(page).toHaveURL(/by=cpu/);
  const answer = page.waitForResponse((one) => one.url().includes("/plan?") && one.url().includes("room=instance&"));
  await page.getByRole("checkbox", { name: "for a deployment" }).uncheck();
  await expect(page).toHaveURL(/room=instance/);
  expect((await answer).status()).toBe(200);
});

test("story: without a cluster capacity says where it will be known from", async ({ story, accessible }) => {
  const page = await story("capacity-none");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("No cluster has been heard of yet.");
  await expect(page.getByText("Container instances say in their state changes what they have")).toBeVisible();
  await accessible();
});

test("story: what could go is said with what it had and why not more, and a column under the pointer says what it is", async ({ story, accessible, picture }) => {
  const page = await story("capacity-cluster");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("16 of 24 instances would hold the same 96 tasks of shop: 8 could go.");
  await expect(page.getByText("8 instances could go: ")).toContainText("vCPU");
  await expect(page.getByText("Room for a deployment of api")).toBeVisible();
  await expect(page.getByText("crowsnest capacity plan 111122223333:eu-west-1:shop -o csv")).toBeVisible();
  await columns(page, "24 instances").hover({ position: { x: 10, y: 150 } });
  await expect(page.getByText("reserved", { exact: false }).filter({ hasText: "GiB of" })).toBeVisible();
  await accessible();
  await picture("story-capacity");
});

test("story: reservation over time has its numbers beside the picture, and advice its reasons with the tasks that show it", async ({ story, accessible, picture }) => {
  const page = await story("capacity-cluster");
  await expect(page.getByText("2 times a task could not be placed")).toBeVisible();
  await expect(page.getByRole("row", { name: /not known not known not known/ })).toBeAttached();
  await page.locator("section", { hasText: "Reserved over time" }).locator(".u-over").hover({ position: { x: 200, y: 60 } });
  await expect(page.getByText(/24 instances, 96 tasks/)).toBeVisible();
  const advice = page.getByText("Give container web of checkout 640 MiB instead of 512 MiB");
  await expect(advice).toBeVisible();
  await expect(page.getByText("reserves 0.5 GiB more")).toBeVisible();
  await advice.click();
  await expect(page.getByText("512 MiB, at which it was killed, + 25 % = 640 MiB")).toBeVisible();
  await expect(page.getByText("and 4 more in checkout")).toBeVisible();
  await accessible();
  await page.getByRole("heading", { name: "Advice" }).scrollIntoViewIfNeeded();
  await picture("story-capacity-advice");
});

test("story: five thousand instances are drawn in one picture, each to be seen", async ({ story, accessible, picture }) => {
  const page = await story("capacity-huge");
  await expect(columns(page, "5,000 instances")).toBeVisible();
  const size = await columns(page, "5,000 instances").evaluate((element) => ({ width: element.clientWidth, height: element.clientHeight }));
  expect(size.height).toBeLessThan(2_500);
  expect(await inked(page, "5,000 instances")).toBeGreaterThan(5_000 * 4 * 6);
  await accessible();
  await picture("story-capacity-huge");
});

test("story: what has no place is said first, with what would have fitted", async ({ story, accessible, picture }) => {
  const page = await story("capacity-not-placed");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Tasks of checkout have no place in shop.");
  await expect(page.getByRole("heading", { name: "Not placed" })).toBeVisible();
  await expect(page.getByText("An instance with 512 CPU units and 2048 MiB left would take it.")).toBeVisible();
  await accessible();
  await picture("story-capacity-not-placed");
});

test("story: while it is planned, what is there is shown", async ({ story, accessible }) => {
  const page = await story("capacity-planning");
  await expect(page.getByText("Packing 200 instances")).toBeVisible();
  await expect(columns(page, "200 instances")).toBeVisible();
  await accessible();
});

test("story: where it cannot be planned, what is there is shown, and why not", async ({ story, accessible }) => {
  const page = await story("capacity-no-plan");
  await expect(page.getByText("It was asked for wrongly.")).toBeVisible();
  await expect(columns(page, "24 instances")).toBeVisible();
  await accessible();
});

test("story: on Fargate there is nothing to pack, and that is said", async ({ story, accessible }) => {
  const page = await story("capacity-fargate");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("14 tasks of shop run on Fargate");
  await expect(page.getByText("There is no instance to pack")).toBeVisible();
  await accessible();
});

test("story: hostile names are shown as text and stay within the page", async ({ story }) => {
  const page = await story("capacity-hostile");
  await expect(columns(page, "^7 instances")).toBeVisible();
  expect(await page.title()).not.toMatch(/^[12]$/);
  expect(await page.locator("main img:not([role]), main script").count()).toBe(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1280);
});

for (const { name, size, scheme } of looks) {
  test(`capacity looks as it should: ${name}, ${scheme}`, async ({ page, story, picture }) => {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: scheme });
    await story("capacity-cluster");
    await expect(columns(page, "24 instances")).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size.width);
    await picture(`look-capacity-${name}-${scheme}`);
  });
}
