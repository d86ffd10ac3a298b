import type { ReactNode } from "react";
import type { State } from "../state";
import { StateMark } from "./StateMark";
import classes from "./Sentence.module.css";

/** What a page opens with: words that a person would say. Numbers in it carry their denominator. With `state`, how things stand comes first. */
export function Sentence({ children, state }: { children: ReactNode; state?: State }) {
  return (
    <h1 className={classes.sentence}>
      {state ? <StateMark state={state} /> : null}
      {state ? " " : null}
      {children}
    </h1>
  );
}
