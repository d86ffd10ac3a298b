import { useState } from "react";
import { plural } from "../../parts/words";
import { ServiceLink } from "../../parts/places";
import { cpuWords, gibWords } from "../cluster/words";
import type { CapacityOfCluster, CapacityService } from "./useCapacity";
import { byFit, stopsIt } from "./words";
import classes from "./Capacity.module.css";

/** So many are shown until more are asked for. */
const first = 12;

/** How many more of each service's tasks fit, and what stops the next. */
export function Fits({ capacity }: { capacity: CapacityOfCluster }) {
  const [isAll, showAll] = useState(false);
  const services = byFit(capacity.items as CapacityService[]);
  if (services.length === 0) return null;
  const shown = isAll ? services : services.slice(0, first);
  const [cpu, memory] = [capacity.largestByCpu, capacity.largestByMemory];
  return (
    <section aria-labelledby="fits">
      <h2 id="fits">What still fits</h2>
      {cpu && memory ? (
        <p className={classes.dim}>
          The largest task that still fits has {cpuWords(cpu.cpu)} vCPU with {gibWords(cpu.memory)} GiB{cpu.instance === memory.instance ? "" : `, or ${gibWords(memory.memory)} GiB with ${cpuWords(memory.cpu)} vCPU`}.
        </p>
      ) : null}
      <div className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">service</th>
              <th scope="col">task</th>
              <th scope="col" className={classes.number}>
                fit
              </th>
              <th scope="col">stopped by</th>
              <th scope="col" className={classes.number} title="So many would fit if all that remains were on one instance">
                in one piece
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((service) => (
              <tr key={service.serviceName}>
                <th scope="row">
                  <ServiceLink of={capacity} service={service.serviceName} />
                </th>
                <td className={classes.dim}>{service.task ? `${cpuWords(service.task.cpu ?? 0)} vCPU, ${gibWords(service.task.memory ?? 0)} GiB` : ""}</td>
                <td className={`${classes.number} ${service.fits === 0 ? classes.broken : ""}`}>{(service.fits ?? 0).toLocaleString("en")}</td>
                <td>{stopsIt(service)}</td>
                <td className={`${classes.number} ${classes.dim}`}>{(service.fitsInOnePiece ?? 0).toLocaleString("en")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < services.length ? (
        <button type="button" className={classes.more} onClick={() => showAll(true)}>
          {plural(services.length - shown.length, "more service")}
        </button>
      ) : null}
    </section>
  );
}
