import "./styles/mantine.css";
import "./styles/theme.css";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { newQueryClient } from "./api/queries";
import { newRouter } from "./router";
import { theme } from "./theme";

const root = document.getElementById("page");
if (!root) throw new Error("index.html has the element #page.");

// Mantine's variables and classes come from its style sheets and not from style elements written at run time, so that the page's policy can refuse those.
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={newQueryClient()}>
        <RouterProvider router={newRouter()} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
