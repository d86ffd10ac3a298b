import type { Accounting as Sum, Pipeline } from "../../api/types";
import { StateMark } from "../../parts/StateMark";
import classes from "./Pipeline.module.css";

/** received = stored + duplicates + quarantined, checked for each source and in all. */
export function Accounting({ pipeline }: { pipeline: Pipeline }) {
  const sources = Object.entries(pipeline.sources);
  return (
    <section aria-labelledby="accounting">
      <h2 id="accounting" className={classes.title}>
        Accounting
      </h2>
      <div className={classes.scroll} tabIndex={0} role="region" aria-label="Sums by source">
        <table className={classes.sums}>
          <thead>
            <tr>
              <th scope="col">source</th>
              <th scope="col">received</th>
              <th aria-hidden="true" />
              <th scope="col">stored</th>
              <th aria-hidden="true" />
              <th scope="col">duplicates</th>
              <th aria-hidden="true" />
              <th scope="col">quarantined</th>
              <th scope="col">adds up</th>
              <th scope="col" title="Stored, with an id that another event has">
                id reused
              </th>
              <th scope="col" title="Stored, of a kind that this version has no reader for">
                unknown kinds
              </th>
            </tr>
          </thead>
          <tbody>
            {sources.map(([name, sum]) => (
              <Row key={name} name={name} sum={sum} />
            ))}
          </tbody>
          {sources.length > 1 ? (
            <tfoot>
              <Row name="all" sum={pipeline.total} />
            </tfoot>
          ) : null}
        </table>
      </div>
    </section>
  );
}

function Row({ name, sum }: { name: string; sum: Sum }) {
  const difference = sum.received - sum.stored - sum.duplicates - sum.quarantined;
  return (
    <tr>
      <th scope="row">
        <bdi>{name}</bdi>
      </th>
      <td>{sum.received.toLocaleString("en")}</td>
      <td aria-hidden="true">=</td>
      <td>{sum.stored.toLocaleString("en")}</td>
      <td aria-hidden="true">+</td>
      <td>{sum.duplicates.toLocaleString("en")}</td>
      <td aria-hidden="true">+</td>
      <td>{sum.quarantined.toLocaleString("en")}</td>
      <td>
        <StateMark state={difference === 0 ? "healthy" : "failing"} words={difference === 0 ? "adds up" : `${Math.abs(difference).toLocaleString("en")} ${difference > 0 ? "missing" : "too many"}`} withWords />
      </td>
      <td>{sum.idReused.toLocaleString("en")}</td>
      <td>{sum.unknownKinds.toLocaleString("en")}</td>
    </tr>
  );
}
