/** The kinds that the server gives (`DESIGN` names, public and stable), each in words and with an icon of its own: strokes on a 16 × 16 field. */
export interface KindLook {
  words: string;
  path: string;
}

const server = "M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01";

export const kinds: Record<string, KindLook> = {
  OutOfMemory: { words: "out of memory", path: "M4 4h8v8H4zM6.5 6.5l3 3M9.5 6.5l-3 3M6 1.5V4M10 1.5V4M6 12v2.5M10 12v2.5M1.5 6H4M1.5 10H4M12 6h2.5M12 10h2.5" },
  ImagePull: { words: "image pull", path: "M8 1.5v8M4.8 6.5L8 9.7l3.2-3.2M2 11v3h12v-3" },
  ResourceInitialization: { words: "resource initialization", path: "M5.5 1.5v4M10.5 1.5v4M3.5 5.5h9V8a4.5 4.5 0 0 1-9 0zM8 12.5v2" },
  ContainerStart: { words: "container start", path: "M5 3l7 5-7 5zM2 2l12 12" },
  EssentialContainerExited: { words: "essential container exited", path: "M9 2H3v12h6M6.5 8H14M11 5l3 3-3 3" },
  ContainerHealthCheck: { words: "container health check", path: "M1.5 8.5h3L6 5l3 6.5 1.6-3h3.9" },
  LoadBalancerHealthCheck: { words: "load balancer health check", path: "M8 2v4M8 6L3 11M8 6v5M8 6l5 5M1.5 11h3v3h-3zM6.5 11h3v3h-3zM11.5 11h3v3h-3z" },
  Placement: { words: "placement", path: "M2 2h5v5H2zM9 2h5v5H9zM2 9h5v5H2zM10 10l3.5 3.5M13.5 10L10 13.5" },
  NetworkInterface: { words: "network interface", path: "M8 1.5v5M2.5 14V9.5h11V14M8 6.5v3M5.5 1.5h5" },
  SpotInterruption: { words: "Spot interruption", path: "M9 1.5L3.5 9H8l-1 5.5L12.5 7H8z" },
  HostTerminated: { words: "host terminated", path: "M2.5 2.5h11v4h-11zM5 4.5h.01M4.5 10l4 4M8.5 10l-4 4M11 6.5V12" },
  InfrastructureHealth: { words: "infrastructure health", path: `${server}M8 11h4` },
  AgentDisconnected: { words: "agent disconnected", path: "M6.5 9.5l-2 2a2.4 2.4 0 0 1-3.4-3.4l2-2M9.5 6.5l2-2a2.4 2.4 0 0 1 3.4 3.4l-2 2M5 2v2M2 5h2M11 14v-2M14 11h-2" },
  DeploymentFailed: { words: "deployment failed", path: "M8 10V2M5 5l3-3 3 3M5.5 11l5 4M10.5 11l-5 4" },
  DeploymentRolledBack: { words: "deployment rolled back", path: "M5.5 2.5L2.5 5.5l3 3M2.5 5.5H10a4 4 0 0 1 0 8H5" },
  TaskStartImpaired: { words: "task start impaired", path: "M8 1.5a6.5 6.5 0 1 0 6.5 6.5M8 4.5V8l2.5 1.5M12 2v3M12 6.7h.01" },
  ServiceImpaired: { words: "service impaired", path: "M8 2L1.5 5.5 8 9l6.5-3.5zM1.5 10L8 13.5l2.5-1.3M13 9v3M13 14h.01" },
  ScaleIn: { words: "scale-in or replaced", path: "M1.5 8h5M4 5.5L6.5 8 4 10.5M14.5 8h-5M12 5.5L9.5 8l2.5 2.5" },
  DeploymentReplaced: { words: "replaced by a deployment", path: "M2 5.5h11M10 2.5l3 3-3 3M14 10.5H3M6 7.5l-3 3 3 3" },
  UserStopped: { words: "stopped by a person", path: "M8 2a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM3 14c0-3 2-5 5-5s5 2 5 5" },
  Completed: { words: "completed", path: "M2.5 8.5l3.5 3.5 7.5-8" },
  Maintenance: { words: "maintenance", path: "M10.5 2a3.5 3.5 0 0 0-3.3 4.7L2 11.9 4.1 14l5.2-5.2A3.5 3.5 0 0 0 14 5.5l-2.3 1.3L9.7 4.8z" },
  Unknown: { words: "unknown", path: "M5.5 6a2.5 2.5 0 1 1 3.6 2.2c-.7.4-1.1.9-1.1 1.8M8 13h.01" },
};

/** How a kind looks; one that a person added under `diagnosis:` has its own name for words. */
export function lookOfKind(kind: string): KindLook {
  return kinds[kind] ?? { words: kind, path: "M8 2l6 6-6 6-6-6z" };
}
