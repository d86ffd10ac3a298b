import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Status } from "../../api/types";
import { lookOfKind } from "../../kinds";
import { KindIcon } from "../../parts/KindIcon";
import { queryFor } from "../../parts/query";
import { namesOf } from "../../parts/words";
import classes from "./Overview.module.css";

/** What most failures are, and where. */
export function Tops({ status }: { status: Status }) {
  if (status.failureEvents === 0) return null;
  const nameOf = namesOf(status.clusters);
  return (
    <div className={classes.tops}>
      <Bars
        title="Failures by kind"
        total={status.failureEvents}
        items={status.kinds.map(({ kind, count }) => ({
          id: kind,
          count,
          q: queryFor({ outcome: "failure", kind }),
          label: (
            <>
              <KindIcon kind={kind} isLabelled={false} /> <bdi>{lookOfKind(kind).words}</bdi>
            </>
          ),
        }))}
      />
      <Bars
        title="Failures by service"
        total={status.failureEvents}
        items={status.services.map(({ service, count, account, region, cluster }) => {
          const name = nameOf(account, region, cluster);
          return {
            id: [account, region, cluster, service].join(":"),
            count,
            q: queryFor({ outcome: "failure", account, region, cluster, service }),
            label: (
              <>
                <bdi>{service}</bdi>{" "}
                <span className={classes.dim}>
                  <bdi>{name.name}</bdi> {name.more}
                </span>
              </>
            ),
          };
        })}
      />
    </div>
  );
}

interface Item {
  id: string;
  count: number;
  q: string;
  label: ReactNode;
}

function Bars({ title, total, items }: { title: string; total: number; items: readonly Item[] }) {
  const most = Math.max(1, ...items.map((item) => item.count));
  return (
    <section>
      <h2 className={classes.title}>
        {title} <span className={classes.legend}>of {total.toLocaleString("en")} events</span>
      </h2>
      <ul className={classes.bars}>
        {items.map(({ id, count, q, label }) => (
          <li key={id}>
            <Link to="/explore" search={{ q }} className={classes.bar}>
              <span className={classes.barName}>{label}</span>
              <span className={classes.barCount}>
                {count.toLocaleString("en")} <span className={classes.dim}>{share(count, total)}</span>
              </span>
              <span className={classes.barFill} style={{ width: `${(count / most) * 100}%` }} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function share(count: number, total: number): string {
  const percent = (count / Math.max(1, total)) * 100;
  return percent < 1 ? "< 1 %" : `${Math.round(percent)} %`;
}
