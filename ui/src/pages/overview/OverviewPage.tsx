import { usePipeline } from "../../api/queries";
import { useStatus } from "../../api/resources";
import { Answer } from "../../parts/Answer";
import { Clusters } from "./Clusters";
import { Failures } from "./Failures";
import { HowThingsStand } from "./HowThingsStand";
import { NothingYet } from "./NothingYet";
import { Strip } from "./Strip";
import { Tops } from "./Tops";
import classes from "./Overview.module.css";

/** How things stand: what is broken, since when and why; then every cluster at a glance. */
export function OverviewPage() {
  const status = useStatus();
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
