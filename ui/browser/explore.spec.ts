import { expect, looks, settled, test } from "./harness";

const rows = '[role="row"][data-index]';

test("a query is completed while it is typed, field by field and value by value", async ({ open, accessible, picture }) => {
  const page = await open("thousand", "/explore");
  await page.keyboard.press("/");
  await page.keyboard.type("outc");
  const completions = page.getByRole("listbox", { name: "Completions" });
  await completions.getByRole("option", { name: /^outcome/ }).waitFor();
  await page.keyboard.press("Tab");
  await expect(completions.getByRole("option", { name: /failure/ })).toBeVisible();
  await accessible();
  await picture("explore-completing");
  await page.keyboard.type("fail");
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Search events")).toHaveValue("outcome:failure ");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/q=outcome:failure/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("all of them failures");
});

test("a mistake in a query is shown under the character that is wrong", async ({ open, allow, accessible, picture }) => {
  allow(/400/);
  const page = await open("thousand", "/explore?q=kind:OutOfMemory AND (clustr:prod");
  const alert = page.getByRole("main").getByRole("alert");
  await expect(alert).toContainText("Did you mean 'cluster'?");
  const [words, marks] = ((await alert.locator("pre").nth(1).textContent()) ?? "").split("\n");
  expect(words?.indexOf("clustr")).toBe(marks?.indexOf("^"));
  await accessible();
  await picture("explore-mistake");
});

test("a value is asked for by a click and left out by a click with Shift, and pills undo both", async ({ open }) => {
  const page = await open("thousand", "/explore");
  const fields = page.getByRole("region", { name: "Fields" });
  await fields.getByTitle(/Click: only these/).filter({ hasText: "failure" }).click();
  await expect(page).toHaveURL(/q=outcome:failure/);
  await settled(page);
  await fields.getByTitle(/Click: only these/).filter({ hasText: "EssentialContainer" }).click({ modifiers: ["Shift"] });
  await expect(page).toHaveURL(/q=outcome:failure\+AND\+NOT\+kind:EssentialContainerExited/);
  await page.getByRole("button", { name: /^NOT kind/ }).click();
  await expect(page).toHaveURL(/q=outcome:failure\+AND\+kind:EssentialContainerExited/);
  await page.getByRole("button", { name: "Remove outcome:failure" }).click();
  await expect(page).toHaveURL(/q=kind:EssentialContainerExited/);
});

test("rows are walked by keys and opened beside the list, and going back restores the place", async ({ open, accessible }) => {
  const page = await open("thousand", "/explore");
  await page.locator(rows).first().waitFor();
  // Over the end of the first page of results, and on.
  for (const index of [150, 305]) {
    await page.getByRole("table", { name: "Events", exact: true }).evaluate((list, to) => list.scrollTo(0, 28 * to), index);
    await expect(page.locator(`[data-index="${index}"]`)).toBeVisible();
  }
  await page.locator('[data-index="305"] a').first().click();
  const flyout = page.getByRole("complementary", { name: "Event" });
  await expect(flyout.getByRole("heading")).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.locator('[data-index="306"]')).toHaveAttribute("data-open", "true");
  await accessible();
  await flyout.getByRole("tab", { name: "Context" }).click();
  await expect(flyout.locator('[aria-current="true"]')).toBeVisible();
  await flyout.getByRole("tab", { name: "JSON" }).click();
  await expect(flyout.getByLabel("The event as JSON")).toContainText('"detail-type"');
  await accessible();
  const address = page.url();
  await page.getByRole("link", { name: "Pipeline", exact: true }).click();
  await expect(page).toHaveURL(/pipeline/);
  await page.goBack();
  await expect(page).toHaveURL(address);
  await expect(page.locator('[data-index="306"]')).toBeVisible();
  await expect(page.locator('[data-index="306"]')).toHaveAttribute("data-open", "true");
  await page.keyboard.press("Escape");
  await expect(flyout).toHaveCount(0);
});

test("a stretch of the histogram is chosen with the pointer, and the frame then shows the past", async ({ open }) => {
  const page = await open("thousand", "/explore?last=6h");
  const plot = page.locator(".u-over");
  const box = await plot.boundingBox();
  if (!box) throw new Error("The histogram has a size.");
  await page.mouse.move(box.x + box.width * 0.2, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 25, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=.*&to=/);
  await expect(page.getByText("The past:")).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(/last=6h/);
});

test("columns and the break-down are part of the address", async ({ open }) => {
  const page = await open("thousand", "/explore");
  await page.getByRole("button", { name: "Show cluster as a column" }).click();
  await expect(page).toHaveURL(/cols=cluster/);
  await expect(page.getByRole("columnheader", { name: "cluster" })).toBeVisible();
  await page.getByRole("combobox", { name: "Break down by" }).selectOption("kind");
  await expect(page).toHaveURL(/by=kind/);
  await expect(page.getByRole("list", { name: "Colours" })).toContainText("Completed");
});

test("new events are announced, and shown when asked for", async ({ open, servers, page }) => {
  await open("thousand", "/explore?q=source:page.test");
  await expect(page.getByText("not connected")).toHaveCount(0);
  const { address } = await servers("thousand");
  const send = (id: string) =>
    page.request.post(`${address}/api/v1/events`, { data: { id, source: "page.test", "detail-type": "A page test", time: new Date().toISOString(), detail: { id } } });
  // The first of all are let in at once, since nothing is there to be pushed away.
  await send("one");
  await expect(page.locator(rows)).toHaveCount(1);
  await send("two");
  await page.getByRole("button", { name: "1 new event: show" }).click();
  await expect(page.locator(rows)).toHaveCount(2);
  await page.getByRole("button", { name: "Follow" }).click();
  await send("three");
  await expect(page.locator(rows)).toHaveCount(3);
});

test("what is found is exported as it is", async ({ open }) => {
  const page = await open("thousand", "/explore?q=outcome:failure");
  await page.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: /NDJSON/ }).click()]);
  expect(download.suggestedFilename()).toMatch(/\.ndjson$/);
});

test("with nothing stored it says how to send events", async ({ open, accessible, picture }) => {
  const page = await open("none", "/explore");
  await expect(page.getByRole("heading", { name: "No event has come in yet" })).toBeVisible();
  await expect(page.getByText("/api/v1/events").first()).toBeVisible();
  await accessible();
  await picture("explore-nothing-stored");
});

for (const { name, size, scheme } of looks) {
  test(`Explore is readable on a ${name}, ${scheme}`, async ({ page, open, accessible, picture }) => {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: scheme });
    await open("thousand", "/explore?q=outcome:failure&cols=cluster,service");
    await page.locator(`${rows} a`).first().waitFor();
    await picture(`explore-${name}-${scheme}`);
    await page.locator(`${rows} a`).first().click();
    await expect(page.getByRole("complementary", { name: "Event" })).toBeVisible();
    await accessible();
    await picture(`explore-open-${name}-${scheme}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size.width);
  });
}

test("a million events are searched, counted and paged through @million", async ({ open, accessible, picture }) => {
  test.setTimeout(600_000);
  const page = await open("million", "/explore?last=all");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1,000,000 events", { timeout: 30_000 });
  await page.locator(rows).first().waitFor();
  await accessible();
  await picture("explore-million");
  await page.getByRole("combobox", { name: "Break down by" }).selectOption("service");
  await expect(page.getByRole("list", { name: "Colours" })).toContainText("others", { timeout: 30_000 });
  const list = page.getByRole("table", { name: "Events", exact: true });
  for (const index of [150, 350, 550]) {
    // The list grows as pages come in, so that one scroll may end short of the row; who wants to see it scrolls again.
    await expect(async () => {
      await list.evaluate((element, to) => element.scrollTo(0, 28 * to), index);
      await expect(page.locator(`[data-index="${index}"]`)).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 20_000 });
  }
  await page.goto(page.url().replace(/\?.*/, "?last=all&q=kind:OutOfMemory"));
  await page.locator(rows).first().waitFor({ timeout: 20_000 });
});
