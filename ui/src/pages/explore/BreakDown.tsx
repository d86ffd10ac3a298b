import type { FieldItem } from "../../api/types";
import type { layersOf } from "../../parts/Histogram";
import { visible } from "../../parts/EventText";
import type { Explore } from "./useExplore";
import classes from "./BreakDown.module.css";

const first = ["outcome", "severity", "kind", "cluster", "service", "detailType", "lastStatus", "stopCode", "region", "account"];

/** By which field the histogram is broken down, and what its colours stand for. */
export function BreakDown({ explore, layers, fields }: { explore: Explore; layers: ReturnType<typeof layersOf>; fields: readonly FieldItem[] }) {
  const names = [...new Set([...first, ...(explore.by ? [explore.by] : []), ...fields.filter((field) => field.type !== "text" && field.type !== "time").map((field) => field.name)])];
  return (
    <div className={classes.line}>
      <label className={classes.by}>
        by{" "}
        <select aria-label="Break down by" value={explore.by} onChange={(event) => explore.set({ by: event.currentTarget.value })}>
          <option value="">nothing</option>
          {names.map((name) => (
            <option key={name} value={name}>
              {visible(name)}
            </option>
          ))}
        </select>
      </label>
      {explore.by ? (
        <ul className={classes.legend} aria-label="Colours">
          {layers.map((layer) => (
            <li key={layer.name} title={visible(layer.name)}>
              <svg width="10" height="10" aria-hidden="true">
                <rect width="10" height="10" rx="2" style={{ fill: layer.colour }} />
              </svg>
              <bdi>{visible(layer.name.slice(0, 60))}</bdi>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
