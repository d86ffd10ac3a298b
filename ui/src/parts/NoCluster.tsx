import type { ReactNode } from "react";
import { Command, Empty } from "./Answer";

/** No cluster is known: at a time in the past, or yet; then `title` and what `children` say of where it will be known from, and how to begin. */
export function NoCluster({ isLive, title, children }: { isLive: boolean; title: string; children: ReactNode }) {
  if (!isLive)
    return (
      <Empty title="No cluster was known at this time">
        <p>Clusters are known from the first event that names them. Choose a later moment, or go back to live.</p>
      </Empty>
    );
  return (
    <Empty title={title}>
      <p>{children} Recorded events can be read in:</p>
      <Command>crowsnest ingest events.ndjson</Command>
      <p>A simulated fleet, to look around first:</p>
      <Command>crowsnest demo</Command>
    </Empty>
  );
}
