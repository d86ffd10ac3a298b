import { send, stopped } from "./events";
import { expect, schemes, settled, test, widths } from "./harness";
import { startServer, type Server } from "./server";

test.describe("rules", () => {
  let server: Server;
  test.beforeAll(async () => {
    server = await startServer("none");
  });
  test.afterAll(() => server.stop());

  test("the rules that are on have their last week, and a change is tried before it is saved", async ({ page, allow }) => {
    await send(server, [stopped("checkout", { exitCode: 137, secondsAgo: 60 }), stopped("checkout", { exitCode: 137, secondsAgo: 50 })]);
    await page.goto(server.address);
    await page.locator("body").press("g");
    await page.locator("body").press("r");
    await expect(page).toHaveURL(/\/rules/);
    const failed = page.getByRole("list", { name: "Rules" }).getByRole("listitem").filter({ hasText: "task-failed" });
    await expect(failed).toContainText("1 firing", { timeout: 30_000 });
    await expect(failed).toContainText("1 incident this week");
    await expect(page.getByRole("list", { name: "Rules" })).toContainText("agent-disconnected");

    await page.getByRole("link", { name: "Try a change" }).click();
    await page.getByRole("textbox", { name: "A configuration to try" }).fill("rules: [{name: every, notice: {source: [aws.ecs]}}, {use: defualt}]");
    await page.getByRole("button", { name: "what would it have told?" }).click();
    allow(/400/);
    await expect(page.getByText("did you mean 'default'")).toBeVisible();
    await page.getByRole("textbox", { name: "A configuration to try" }).fill("rules: [{name: every, notice: {source: [aws.ecs]}}]");
    await page.getByRole("button", { name: "what would it have told?" }).click();
    await expect(page.getByRole("list", { name: "What would have been told" }).getByRole("listitem")).toHaveCount(2);
  });

  test("an incident is silenced from its page, with a look at what that hides, and the silence is ended", async ({ page }) => {
    await page.goto(`${server.address}/incidents`);
    await page.getByRole("list", { name: "Incidents" }).getByRole("link").first().click();
    await page.getByRole("link", { name: "silence …" }).click();
    await expect(page.getByRole("textbox", { name: "Matchers" })).toHaveValue(/alertname="task-failed",cluster=".*",service="checkout"/);
    await page.getByRole("button", { name: "what would it hide?" }).click();
    await expect(page.getByRole("status", { name: "What it would hide" })).toContainText("1 incident that fires now");
    await page.getByRole("textbox", { name: "Your name" }).fill("ann");
    await page.getByRole("textbox", { name: "Why" }).fill("<b>deploying</b>");
    await page.getByRole("button", { name: "silence", exact: true }).click();
    const silence = page.getByRole("list", { name: "Silences" }).getByRole("listitem");
    await expect(silence).toContainText("<b>deploying</b>");
    await expect(silence).toContainText("by ann");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("1 silence is active.");
    await silence.getByRole("button", { name: "end it" }).click();
    await expect(silence).toContainText("expired");
  });

  test("a receiver says how its messages fare, and takes a sample", async ({ page }) => {
    await page.goto(`${server.address}/rules?show=receivers`);
    const receiver = page.getByRole("list", { name: "Receivers" }).getByRole("listitem").first();
    await expect(receiver).toContainText("console");
    await receiver.getByRole("button", { name: "send a sample" }).click();
    await expect(receiver).toContainText("the sample arrived");
  });

  for (const size of ["phone", "laptop"] as const)
    for (const scheme of schemes)
      test(`each part can be read: ${size}, ${scheme}`, async ({ page, accessible }) => {
        await page.setViewportSize(widths[size]);
        await page.emulateMedia({ colorScheme: scheme });
        for (const show of ["rules", "try", "silences", "receivers"]) {
          await page.goto(`${server.address}/rules?show=${show}`);
          await settled(page);
          await accessible();
          expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
        }
      });
});
