import { Button } from "@mantine/core";
import { Empty } from "../parts/Answer";

/** The page's own mistake: says so, and a way on. */
export function PageBroken({ error }: { error: unknown }) {
  return (
    <Empty title="This page broke">
      <p className="event-text">{error instanceof Error ? error.message : String(error)}</p>
      <p>It is a mistake of Crowsnest's; events are not touched by it.</p>
      <Button size="xs" onClick={() => location.reload()}>
        Load it again
      </Button>
    </Empty>
  );
}
