import classes from "./Amount.module.css";

interface AmountProps {
  /** The unit, as people write it. */
  name: string;
  registered: number | undefined;
  /** What tasks take; what else is taken is registered without this and what remains. */
  used: number | undefined;
  remaining: number | undefined;
  words: (amount: number) => string;
  /** What `used` is, in words. */
  what?: string;
}

/** One bar for all that is registered: what tasks take, what is taken by something that no task says, and what is left. */
export function Amount({ name, registered, used = 0, remaining, words, what = "used by tasks" }: AmountProps) {
  if (!registered) return <span className={classes.dim}>not known</span>;
  const left = remaining ?? Math.max(0, registered - used);
  const other = Math.max(0, registered - used - left);
  const said = `${words(registered)} ${name} registered: ${words(used)} ${what}${other > 0 ? `, ${words(other)} taken by what no task says` : ""}, ${words(left)} remaining`;
  return (
    <span className={classes.amount} title={said}>
      <svg className={classes.bar} viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={said}>
        <rect className={classes.used} width={(100 * used) / registered} height="10" />
        <rect className={classes.other} x={(100 * used) / registered} width={(100 * other) / registered} height="10" />
      </svg>
      <span className={classes.numbers} aria-hidden="true">
        {words(registered - left)} / {words(registered)} {name}
      </span>
    </span>
  );
}
