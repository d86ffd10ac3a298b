import { deployment, send, stopped } from "./events";
import { expect, schemes, settled, test, widths } from "./harness";
import { startServer, type Server } from "./server";

test.describe("incidents", () => {
  let server: Server;
  test.beforeAll(async () => {
    server = await startServer("none");
  });
  test.afterAll(() => server.stop());

  test("a failure opens one that is seen, acknowledged by a key, commented on, and over when its service is well", async ({ page }) => {
    await page.goto(`${server.address}/incidents`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(/No incident is open/);
    await send(server, [stopped("checkout", { exitCode: 137, secondsAgo: 60 }), stopped("checkout", { exitCode: 137, secondsAgo: 50 })]);
    const row = page.getByRole("list", { name: "Incidents" }).getByRole("listitem");
    await expect(row).toContainText("2 failures");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/incidents\/[0-9a-f]{16}/);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("checkout");

    await page.getByRole("textbox", { name: "Your name" }).fill("ann");
    await page.getByRole("textbox", { name: "What to say of it" }).fill("looking <b>into</b> it");
    await page.getByRole("heading", { level: 1 }).click({ position: { x: 5, y: 5 } });
    await page.locator("body").press("a");
    const steps = page.getByRole("region", { name: "What became of it" }).getByRole("listitem");
    await expect(steps.filter({ hasText: "acknowledged" })).toContainText("looking <b>into</b> it");
    await expect(steps.filter({ hasText: "acknowledged" })).toContainText("by ann");
    await page.getByRole("textbox", { name: "Who sees to it" }).fill("bob");
    await page.getByRole("button", { name: "assign" }).click();
    await expect(page.getByText("for bob")).toBeVisible();

    await send(server, [deployment("checkout", "SERVICE_DEPLOYMENT_COMPLETED", 5)]);
    await expect(steps.filter({ hasText: "resolved" })).toContainText("deployment is complete");
    await page.getByRole("button", { name: "reopen" }).click();
    await expect(page.getByRole("button", { name: "acknowledge" })).toBeVisible();
  });

  test("an address that is none says so", async ({ page, allow }) => {
    allow(/404/);
    await page.goto(`${server.address}/incidents/0123456789abcdef`);
    await expect(page.getByText("There is no such incident")).toBeVisible();
  });

  for (const size of ["phone", "laptop"] as const)
    for (const scheme of schemes)
      test(`the list and one can be read: ${size}, ${scheme}`, async ({ page, accessible }) => {
        await page.setViewportSize(widths[size]);
        await page.emulateMedia({ colorScheme: scheme });
        await page.goto(`${server.address}/incidents?list=all`);
        await settled(page);
        await accessible();
        await page.getByRole("list", { name: "Incidents" }).getByRole("link").first().click();
        await settled(page);
        await accessible();
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
      });
});
