import { usePipeline } from "../../api/queries";
import { Answer } from "../../parts/Answer";
import { Sentence } from "../../parts/Sentence";

/** What became of everything that came in. */
export function PipelinePage() {
  const pipeline = usePipeline();
  return (
    <Answer query={pipeline}>
      {({ total }) => (
        <Sentence>
          Of {total.received.toLocaleString("en")} events received, {total.stored.toLocaleString("en")} are stored, {total.duplicates.toLocaleString("en")} were known already and{" "}
          {total.quarantined.toLocaleString("en")} could not be read.
        </Sentence>
      )}
    </Answer>
  );
}
