import { Link, useSearch } from "@tanstack/react-router";
import { Receivers } from "./Receivers";
import { RuleList } from "./RuleList";
import { partOf, parts } from "./rules";
import { Silences } from "./Silences";
import { TryRules } from "./TryRules";
import classes from "../incidents/Incidents.module.css";

const shown = { rules: RuleList, try: TryRules, silences: Silences, receivers: Receivers };

/** What is told and to whom: the rules that are on, a change to try, silences, receivers. */
export function RulesPage() {
  const { show } = useSearch({ strict: false });
  const part = partOf(show);
  const Shown = shown[part];
  return (
    <div className={classes.page}>
      <nav className={classes.tabs} aria-label="What is shown">
        {parts.map((one) => (
          <Link key={one.show} to="/rules" search={{ show: one.show === "rules" ? undefined : one.show }} className={classes.tab} data-active={one.show === part || undefined} aria-current={one.show === part ? "page" : undefined}>
            {one.words}
          </Link>
        ))}
      </nav>
      <Shown />
    </div>
  );
}
