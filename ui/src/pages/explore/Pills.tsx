import { UnstyledButton } from "@mantine/core";
import { Icon } from "../../frame/icons";
import { clausesOf } from "../../query/clauses";
import { visible } from "../../parts/EventText";
import type { Explore } from "./useExplore";
import classes from "./Pills.module.css";

/** The query's clauses: each can be turned round or taken away. */
export function Pills({ explore }: { explore: Explore }) {
  const clauses = clausesOf(explore.q);
  if (clauses.length === 0) return null;
  return (
    <ul className={classes.pills} aria-label="Clauses of the query">
      {clauses.map((clause, index) => {
        const shown = visible(clause.text);
        return (
          <li key={`${index} ${clause.text}`} className={classes.pill} data-negated={clause.isNegated || undefined}>
            <UnstyledButton
              className={classes.text}
              title={clause.isNegated ? "Click to ask for it" : "Click to ask for all but it"}
              onClick={() => explore.setClauses(clauses.map((each, at) => (at === index ? { ...each, isNegated: !each.isNegated } : each)))}
            >
              {clause.isNegated ? <b>NOT </b> : null}
              <bdi>{shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}</bdi>
            </UnstyledButton>
            <UnstyledButton className={classes.remove} aria-label={`Remove ${shown.slice(0, 80)}`} onClick={() => explore.setClauses(clauses.filter((_, at) => at !== index))}>
              <Icon name="close" size={12} />
            </UnstyledButton>
          </li>
        );
      })}
    </ul>
  );
}
