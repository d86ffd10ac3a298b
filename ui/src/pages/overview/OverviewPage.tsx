import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { usePipeline } from "../../api/queries";
import type { Status } from "../../api/types";
import { Answer } from "../../parts/Answer";
import { usePageTime } from "../../time/useTime";
import { Clusters } from "./Clusters";
import { Failures } from "./Failures";
import { HowThingsStand } from "./HowThingsStand";
import { NothingYet } from "./NothingYet";
import { Strip } from "./Strip";
import { Tops } from "./Tops";
import classes from "./Overview.module.css";

/** How things stand: what is broken, since when and why; then every cluster at a glance. */
export function OverviewPage() {
  const { time, api, isLive } = usePageTime();
  // The server begins a day back unless told, so all that is stored has to be asked for.
  const range = time.mode === "live" && time.last === "all" ? { from: "1970-01-01" } : api;
  const status = useQuery({
    queryKey: ["status", range],
    queryFn: ({ signal }) => get<Status>("/api/v1/status", range, signal),
    refetchInterval: isLive ? 10_000 : false,
    placeholderData: keepPreviousData,
  });
  const pipeline = usePipeline();
  return (
    <Answer query={status}>
      {(data) =>
        data.events === 0 ? (
          <NothingYet status={data} pipeline={pipeline.data} />
        ) : (
          <div className={classes.page}>
            <HowThingsStand status={data} pipeline={pipeline.data} failure={pipeline.error} />
            <Failures status={data} />
            <Clusters status={data} />
            <Strip strip={data.strip} />
            <Tops status={data} />
          </div>
        )
      }
    </Answer>
  );
}
