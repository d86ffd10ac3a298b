import { Button } from "@mantine/core";
import { shortMoment } from "./time";
import { usePageTime } from "./useTime";
import classes from "./PastBar.module.css";

/** While the page shows the past: says so across its whole width, and leads back, so that nobody mistakes then for now. */
export function PastBar() {
  const { time, setTime } = usePageTime();
  if (time.mode === "live") return null;
  return (
    <div className={classes.bar} role="status">
      <span>
        {time.mode === "at" ? (
          <>
            As it was at <b>{shortMoment(time.at)}</b>
          </>
        ) : (
          <>
            The past: <b>{shortMoment(time.from)}</b> to <b>{shortMoment(time.to)}</b>
          </>
        )}
      </span>
      <Button size="compact-xs" variant="default" onClick={() => setTime({ mode: "live", last: "24h" })}>
        back to live
      </Button>
    </div>
  );
}
