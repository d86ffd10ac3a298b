import type { ReactNode } from "react";
import classes from "./Task.module.css";

/** A part of the page under a heading of its own. */
export function Part({ title, count, children }: { title: string; count?: number; children: ReactNode }) {
  const id = `part-${title.replace(/\W+/g, "-")}`;
  return (
    <section className={classes.part} aria-labelledby={id}>
      <h2 id={id}>
        {title} {count === undefined ? null : <span className={classes.dim}>{count.toLocaleString("en")}</span>}
      </h2>
      {children}
    </section>
  );
}
