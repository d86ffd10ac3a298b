import "../styles/mantine.css";
import "../styles/theme.css";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { newQueryClient } from "../api/queries";
import { newRouter } from "../router";
import { theme } from "../theme";
import { capacityStories } from "./capacity";
import { clusterStories } from "./clusters";
import { exploreStories } from "./explore";
import { shared, type Story } from "./story";

/** All stories; a page's own are in a file of their own. */
const stories: Story[] = [...exploreStories, ...clusterStories, ...capacityStories];

/** Stands in for the server: only what the story says is ever answered. */
function serve(story: Story): void {
  const asked = new Map<string, number>();
  window.fetch = (input) => {
    const url = new URL(input instanceof Request ? input.url : String(input), location.origin);
    const count = asked.get(url.pathname) ?? 0;
    asked.set(url.pathname, count + 1);
    const told = story.answer(url, count) ?? shared(url);
    if (told === "never") return new Promise(() => undefined);
    const [status, body] = "json" in told ? [200, told.json] : [told.status, { type: "about:blank", ...told }];
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } }));
  };
  // No story has a live tail: it is tested against the program.
  window.EventSource = class {
    onopen = null;
    addEventListener(): void {}
    close(): void {}
  } as unknown as typeof EventSource;
}

const root = createRoot(document.getElementById("page") ?? document.body);
const story = stories.find((one) => one.name === location.hash.slice(1));
if (story) {
  serve(story);
  root.render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
        <QueryClientProvider client={newQueryClient()}>
          <RouterProvider router={newRouter(createMemoryHistory({ initialEntries: [story.path] }))} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
} else {
  root.render(
    <ul>
      {stories.map((one) => (
        <li key={one.name}>
          <a href={`#${one.name}`} onClick={() => setTimeout(() => location.reload())}>
            {one.name}
          </a>
        </li>
      ))}
    </ul>,
  );
}
