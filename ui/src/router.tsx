import { createRootRoute, createRoute, createRouter, lazyRouteComponent, type RouterHistory } from "@tanstack/react-router";
import { Frame } from "./frame/Frame";
import { NotFound } from "./frame/NotFound";
import { PageBroken } from "./frame/PageBroken";
import { timeParameters } from "./time/time";

/** What every address may hold: plain strings, so that people can read and write them. A page reads its own out of these. */
export type Search = Record<string, string | undefined>;

const root = createRootRoute({
  component: Frame,
  notFoundComponent: NotFound,
  errorComponent: PageBroken,
  validateSearch: (search: Record<string, unknown>): Search =>
    Object.fromEntries(Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === "string")),
  search: {
    middlewares: [
      // Time is global: it travels with every link that does not name another.
      ({ search, next }) => {
        const wanted: Search = next(search);
        if (timeParameters.some((name) => name in wanted)) return wanted;
        return { ...Object.fromEntries(timeParameters.map((name) => [name, search[name]])), ...wanted };
      },
    ],
  },
});

/** The pages there are, in the order of the rail. `key` is what goes there after `g`. */
export const pages = [
  { path: "/", name: "Overview", key: "o", icon: "overview" },
  { path: "/explore", name: "Explore", key: "e", icon: "explore" },
  { path: "/incidents", name: "Incidents", key: "i", icon: "incidents" },
  { path: "/clusters", name: "Clusters", key: "c", icon: "clusters" },
  { path: "/capacity", name: "Capacity", key: "a", icon: "capacity" },
  { path: "/rules", name: "Rules", key: "r", icon: "rules" },
  { path: "/pipeline", name: "Pipeline", key: "p", icon: "pipeline" },
] as const;

export type PagePath = (typeof pages)[number]["path"];

const routes = [
  createRoute({ getParentRoute: () => root, path: "/", component: lazyRouteComponent(() => import("./pages/overview/OverviewPage"), "OverviewPage") }),
  createRoute({ getParentRoute: () => root, path: "/explore", component: lazyRouteComponent(() => import("./pages/explore/ExplorePage"), "ExplorePage") }),
  createRoute({ getParentRoute: () => root, path: "/incidents", component: lazyRouteComponent(() => import("./pages/incidents/IncidentsPage"), "IncidentsPage") }),
  createRoute({ getParentRoute: () => root, path: "/incidents/$incident", component: lazyRouteComponent(() => import("./pages/incidents/IncidentPage"), "IncidentPage") }),
  createRoute({ getParentRoute: () => root, path: "/clusters", component: lazyRouteComponent(() => import("./pages/clusters/ClustersPage"), "ClustersPage") }),
  createRoute({ getParentRoute: () => root, path: "/clusters/$cluster", component: lazyRouteComponent(() => import("./pages/cluster/ClusterPage"), "ClusterPage") }),
  createRoute({ getParentRoute: () => root, path: "/capacity", component: lazyRouteComponent(() => import("./pages/capacity/CapacityPage"), "CapacityPage") }),
  createRoute({ getParentRoute: () => root, path: "/capacity/$cluster", component: lazyRouteComponent(() => import("./pages/capacity/ClusterCapacityPage"), "ClusterCapacityPage") }),
  createRoute({ getParentRoute: () => root, path: "/tasks/$task", component: lazyRouteComponent(() => import("./pages/task/TaskPage"), "TaskPage") }),
  createRoute({ getParentRoute: () => root, path: "/rules", component: lazyRouteComponent(() => import("./pages/rules/RulesPage"), "RulesPage") }),
  createRoute({ getParentRoute: () => root, path: "/pipeline", component: lazyRouteComponent(() => import("./pages/pipeline/PipelinePage"), "PipelinePage") }),
] as const;

/** The router; a test gives it a history of its own. */
export function newRouter(history?: RouterHistory) {
  return createRouter({
    routeTree: root.addChildren([...routes]),
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => writeSearch(search as Search),
    defaultPreload: "intent",
    scrollRestoration: false,
    // Addresses of clusters are to be read: account:region:name.
    pathParamsAllowedCharacters: [":"],
    ...(history ? { history } : {}),
  });
}

/** A query string that people can read: what need not be escaped is not. */
export function writeSearch(search: Search): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) if (value !== undefined && value !== "") query.set(name, value);
  const text = query.toString().replace(/%(3A|2F|2C|40|28|29|2A)/g, decodeURIComponent);
  return text === "" ? "" : `?${text}`;
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
