import { Link } from "@tanstack/react-router";
import type { RuleItem } from "../../api/types";
import { Answer, Empty } from "../../parts/Answer";
import { Sentence } from "../../parts/Sentence";
import { Sparkline } from "../../parts/Sparkline";
import { StateMark } from "../../parts/StateMark";
import { TimeText } from "../../parts/TimeText";
import { plural } from "../../parts/words";
import { states } from "../../state";
import { useRules } from "./rules";
import classes from "../incidents/Incidents.module.css";

/** The rules that are on, each with its last week. */
export function RuleList() {
  const rules = useRules();
  return (
    <Answer query={rules}>
      {({ items }) => {
        const firing = items.filter((rule) => rule.firing > 0).length;
        return (
          <>
            <Sentence state={firing > 0 ? "failing" : "healthy"}>
              {plural(items.length, "rule")} {items.length === 1 ? "is" : "are"} on, {firing === 0 ? "and nothing they tell of goes on" : `${firing.toLocaleString("en")} of them with something that goes on`}.
            </Sentence>
            {items.length === 0 ? (
              <Empty title="No rule is on">
                <p>Nobody is told of anything. Without a configuration the set 'default' is on; 'rules:' in crowsnest.yaml says otherwise.</p>
              </Empty>
            ) : (
              <ul className={classes.list} aria-label="Rules">
                {items.map((rule) => (
                  <Rule key={rule.name} rule={rule} />
                ))}
              </ul>
            )}
          </>
        );
      }}
    </Answer>
  );
}

function Rule({ rule }: { rule: RuleItem }) {
  return (
    <li className={classes.row}>
      <span>
        <StateMark state={rule.firing > 0 ? "failing" : "routine"} words={rule.firing > 0 ? `${rule.firing.toLocaleString("en")} firing` : "quiet"} withWords />
      </span>
      <div className={classes.what}>
        <b>
          <bdi>{rule.name}</bdi>
        </b>
        {rule.summary ? <div>{rule.summary}</div> : null}
        <div className={classes.dim}>
          {rule.isShipped ? "comes with the program" : "your own"}, {rule.form}
          {rule.for ? `, for ${rule.for}` : ""}
          {rule.severity ? `, ${rule.severity}` : ""}
        </div>
      </div>
      <div className={classes.aside}>
        {rule.incidents === 0 ? (
          <span className={classes.dim}>nothing this week</span>
        ) : (
          <>
            <Sparkline counts={rule.counts} colour={rule.form === "notice" ? "var(--series-routine)" : states.failing.colour} />
            <div>
              <Link to="/incidents" search={{ list: "all" }}>
                {plural(rule.incidents, rule.form === "notice" ? "notice" : "incident")}
              </Link>{" "}
              this week
            </div>
            {rule.lastAt ? (
              <div className={classes.dim}>
                last <TimeText at={rule.lastAt} />
              </div>
            ) : null}
          </>
        )}
      </div>
    </li>
  );
}
