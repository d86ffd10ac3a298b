import { expect, looks, test } from "./harness";

test("every page opens from the rail and by its keys, and time travels with each", async ({ open }) => {
  const page = await open("thousand", "/?last=6h");
  await page.getByRole("link", { name: "Explore" }).click();
  await expect(page).toHaveURL(/\/explore\?last=6h/);
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  await expect(page).toHaveURL(/\/pipeline\?last=6h/);
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await expect(page).toHaveURL(/\/\?last=6h/);
});

test("in the past the frame says so and leads back", async ({ open, accessible }) => {
  const page = await open("thousand", "/?at=2026-03-02T03:12:40Z");
  await expect(page.getByText("As it was at")).toContainText("03:12:40");
  await accessible();
  await page.getByRole("button", { name: "back to live" }).click();
  await expect(page.getByText("As it was at")).toHaveCount(0);
  await expect(page).not.toHaveURL(/at=/);
});

test("a range is chosen in the control of time, and a mistake in it is said", async ({ open, accessible }) => {
  const page = await open("thousand", "/");
  await page.getByRole("button", { name: /^Time:/ }).click();
  await page.getByLabel("From").fill("yesterday");
  await page.getByRole("button", { name: "Show" }).first().click();
  await expect(page.getByText("Write times as")).toBeVisible();
  await accessible();
  await page.getByLabel("From").fill("2026-03-02 03:00");
  await page.getByLabel("To", { exact: true }).fill("2026-03-02 04:00");
  await page.getByRole("button", { name: "Show" }).first().click();
  await expect(page).toHaveURL(/from=2026-03-02T03:00:00.000Z&to=2026-03-02T04:00:00.000Z/);
});

test("the palette finds a page, a field and a search", async ({ open, accessible, picture }) => {
  const page = await open("thousand", "/");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find pages" }).fill("pull");
  await expect(page.getByRole("option", { name: /pullStartedAt/ })).toBeVisible();
  await accessible();
  await picture("palette");
  await page.getByRole("combobox", { name: "Find pages" }).fill("pipe");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/pipeline/);
});

test("the keys are listed", async ({ open, accessible }) => {
  const page = await open("thousand", "/");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("go to Explore");
  await accessible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("who needs a token is asked for one, and a session begins with it", async ({ page, browserName, accessible, picture, allow }) => {
  test.skip(browserName !== "chromium");
  const { startServer } = await import("./server");
  const server = await startServer("none");
  try {
    allow(/401/);
    const token = server.run("token", "create", "a-browser", "--role", "viewer").match(/crowsnest_[\w-]+/)?.[0];
    await page.goto(`${server.address}/explore`);
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await accessible();
    await picture("sign-in");
    await page.getByLabel("Token").fill("crowsnest_wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("This is no valid token")).toBeVisible();
    await page.getByLabel("Token").fill(token ?? "");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
    await page.reload();
    await page.getByTitle(/Signed in with the token a-browser/).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  } finally {
    await server.stop();
  }
});

for (const { name, size, scheme } of looks) {
  test(`the frame is readable on a ${name}, ${scheme}`, async ({ page, open, accessible, picture }) => {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: scheme });
    await open("thousand", "/");
    await accessible();
    await picture(`frame-${name}-${scheme}`);
    // Nothing makes the page itself scroll sideways.
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size.width);
  });
}
