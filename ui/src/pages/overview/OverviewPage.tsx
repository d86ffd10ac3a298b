import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { HistogramAnswer } from "../../api/types";
import { Answer } from "../../parts/Answer";
import { Sentence } from "../../parts/Sentence";
import { labelOf } from "../../time/time";
import { usePageTime } from "../../time/useTime";

/** How things stand. */
export function OverviewPage() {
  const { time, api } = usePageTime();
  const outcomes = useQuery({
    queryKey: ["histogram", "", api, "outcome", 1],
    queryFn: ({ signal }) => get<HistogramAnswer>("/api/v1/histogram", { ...api, by: "outcome", buckets: 1 }, signal),
    refetchInterval: 10_000,
  });
  return (
    <Answer query={outcomes}>
      {({ total, series }) => {
        const failures = series.find((one) => one.value === "failure")?.total ?? 0;
        return (
          <Sentence state={failures > 0 ? "failing" : "healthy"}>
            {failures.toLocaleString("en")} of {total.toLocaleString("en")} events of the {labelOf(time)} say that something failed.
          </Sentence>
        );
      }}
    </Answer>
  );
}
