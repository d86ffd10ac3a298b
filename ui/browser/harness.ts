import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, test as base, type Page } from "@playwright/test";
import { repository, startServer, type Server, type Size } from "./server";

export { expect } from "@playwright/test";
export type { Page, Size };

/** Where pictures go: for people to look at, never committed. */
const pictures = join(repository, "artifacts/pictures");

export const widths = { phone: { width: 360, height: 740 }, laptop: { width: 1280, height: 800 }, wall: { width: 3840, height: 2160 } } as const;
export const schemes = ["light", "dark"] as const;

/** How a page is looked at: on a phone in the dark and on a laptop in the light, and at each width in both schemes with CROWSNEST_ALL_LOOKS=1, for whoever changes how pages look. */
export const looks = (Object.keys(widths) as (keyof typeof widths)[])
  .flatMap((name) => schemes.map((scheme) => ({ name, size: widths[name], scheme })))
  .filter(({ name, scheme }) => process.env.CROWSNEST_ALL_LOOKS === "1" || (name === "phone" && scheme === "dark") || (name === "laptop" && scheme === "light"));

const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2" };

/** As the server has it. */
const policy = /Policy =\s*"([^"]+)"\s*\+ "([^"]+)"/.exec(readFileSync(join(repository, "src/Crowsnest/Server/WebPage.cs"), "utf8"))?.slice(1).join("") ?? "";

interface Tools {
  /** Opens an address of the page on the server that holds so many events, and waits until it has settled. */
  open: (size: Size, path: string) => Promise<Page>;
  /** Opens a story of the gallery; its page comes under the policy of the real one. */
  story: (name: string) => Promise<Page>;
  /** No finding of axe, by WCAG 2.2 AA. */
  accessible: () => Promise<void>;
  /** A picture of what is to be seen, under this name. */
  picture: (name: string) => Promise<void>;
  /** What the browser is expected to complain about in this test, e.g. an answer that is refused on purpose. */
  allow: (complaint: RegExp) => void;
}

interface Servers {
  servers: (size: Size) => Promise<Server>;
  /** The folder of the built stories. */
  gallery: string;
}

/**
 * A test with a page of its own, which fails when the browser complains: a console error, an error of a script, a breach of the page's policy.
 * Servers are started once a run, when first asked for.
 */
export const test = base.extend<Tools & { complaints: RegExp[] }, Servers>({
  servers: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const started = new Map<Size, Promise<Server>>();
      await use((size) => {
        const known = started.get(size) ?? startServer(size);
        started.set(size, known);
        return known;
      });
      for (const server of started.values()) await (await server).stop();
    },
    { scope: "worker", timeout: 420_000 },
  ],
  gallery: [
    async ({}, use) => {
      const built = spawnSync(process.execPath, ["node_modules/vite/bin/vite.js", "build", "--mode", "gallery", "--logLevel", "warn"], { cwd: join(repository, "ui"), encoding: "utf8" });
      if (built.status !== 0) throw new Error(`The gallery was not built: ${built.stderr}`);
      await use(join(repository, "artifacts/ui/gallery"));
    },
    { scope: "worker", timeout: 120_000 },
  ],
  story: async ({ page, gallery }, use) => {
    await use(async (name) => {
      await page.route("http://127.0.0.1:9/**", async (route) => {
        const path = new URL(route.request().url()).pathname;
        await route.fulfill({ body: readFileSync(join(gallery, path)), contentType: types[extname(path)] ?? "application/octet-stream", headers: { "Content-Security-Policy": policy } });
      });
      await page.goto(`http://127.0.0.1:9/gallery.html#${name}`);
      await page.locator("main h1, main h2").first().waitFor();
      return page;
    });
  },
  complaints: async ({}, use) => use([]),
  allow: async ({ complaints }, use) => use((complaint) => void complaints.push(complaint)),
  page: async ({ page, complaints }, use) => {
    const heard: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") heard.push(`${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (failure) => heard.push(`script: ${failure.message}`));
    await page.addInitScript(() => document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`)));
    await use(page);
    expect(heard.filter((line) => !complaints.some((allowed) => allowed.test(line)))).toEqual([]);
  },
  open: async ({ page, servers }, use) => {
    await use(async (size, path) => {
      const server = await servers(size);
      await page.goto(server.address + path);
      await settled(page);
      return page;
    });
  },
  accessible: async ({ page }, use) => {
    await use(async () => {
      // Menus and dialogs stand at the end of the body, outside of all landmarks, as ARIA wants them; that rule does not know.
      const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).disableRules(["region"]).analyze();
      expect(found.violations.map((one) => `${one.id}: ${one.help}\n  ${one.nodes.map((node) => `${node.html} ${node.failureSummary ?? ""}`).join("\n  ")}`)).toEqual([]);
    });
  },
  picture: async ({ page }, use) => {
    mkdirSync(pictures, { recursive: true });
    await use(async (name) => void (await page.screenshot({ path: join(pictures, `${name}.png`), animations: "disabled" })));
  },
});

/** Waits until the page has its heading and no answer is on its way any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator("main").waitFor();
  await page.locator("main h1, main h2").first().waitFor();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
}
