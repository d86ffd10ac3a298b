import { expect, test, type Page } from "./harness";

const nothingRan = async (page: Page) => {
  expect(await page.title()).not.toMatch(/^[12]$/);
  expect(await page.locator("main img, main script").count()).toBe(0);
};

test("story: nothing is stored", async ({ story, accessible }) => {
  const page = await story("explore-empty");
  await expect(page.getByRole("heading", { name: "No event has come in yet" })).toBeVisible();
  await accessible();
});

test("story: nothing matches, and the time can be widened", async ({ story, accessible, picture }) => {
  const page = await story("explore-nothing-matches");
  await expect(page.getByRole("heading", { name: "Nothing matches in this time" })).toBeVisible();
  await accessible();
  await picture("story-nothing-matches");
  await page.getByRole("button", { name: "Widen the time" }).click();
  await expect(page.getByRole("button", { name: /^Time: live, last 6 hours/ })).toBeVisible();
});

test("story: an answer that takes long says that it is on its way", async ({ story, accessible, picture }) => {
  const page = await story("explore-loading");
  await expect(page.getByText("Searching …")).toBeVisible();
  await accessible();
  await picture("story-loading");
});

test("story: a server that fails says why and can be asked again", async ({ story, accessible, picture }) => {
  const page = await story("explore-failing");
  // Once, however many answers failed for the same reason.
  await expect(page.getByRole("main").getByText("The disk is full.")).toHaveCount(1);
  await expect(page.getByRole("button", { name: "try again" })).toHaveCount(1);
  await accessible();
  await picture("story-failing");
});

test("story: hostile text is text everywhere", async ({ story, accessible, picture }) => {
  const page = await story("explore-hostile");
  await expect(page.locator('[role="row"][data-index]')).toHaveCount(7);
  await expect(page.getByRole("complementary", { name: "Event" }).getByRole("heading")).toContainText("<img src=x onerror");
  await nothingRan(page);
  await accessible();
  await picture("story-hostile");
  for (let row = 1; row < 7; row++) {
    await page.locator(`[data-index="${row}"] a`).first().click();
    await expect(page.getByRole("complementary", { name: "Event" }).getByRole("heading")).toBeVisible();
    await nothingRan(page);
  }
  // What turns the direction of text, or moves a terminal's cursor, is seen and not done.
  await expect(page.locator('[data-index="1"]')).toContainText("⟨202E⟩");
  await expect(page.locator('[data-index="2"]')).toContainText("␛");
});

test("story: a huge event and huge numbers", async ({ story, accessible, picture }) => {
  const page = await story("explore-huge");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1,234,567,890 events");
  await expect(page.getByText("Not all of it: The search took its 2 s")).toBeVisible();
  await accessible();
  await picture("story-huge");
});
