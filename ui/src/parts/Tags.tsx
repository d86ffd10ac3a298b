import { EventText } from "./EventText";
import { EventsLink } from "./places";
import classes from "./Tags.module.css";

interface Tag {
  key: string;
  value: string;
  of?: string;
}

const whose: Record<string, string> = { service: "its service's", taskDefinition: "its definition's", cluster: "its cluster's" };

/** Tags, each with the events that are found by it. A key with signs of the query language in it is text alone. */
export function Tags({ tags }: { tags: readonly Tag[] }) {
  return (
    <dl className={classes.tags} aria-label="Tags">
      {tags.map((tag) => {
        const value = <EventText isLine text={tag.value || "(empty)"} />;
        return (
          <div key={`${tag.of ?? ""} ${tag.key}`} title={whose[tag.of ?? ""]}>
            <dt>
              <EventText isLine text={tag.key} />
            </dt>
            <dd>{tag.value && /^[A-Za-z0-9_.-]+$/.test(tag.key) ? <EventsLink values={{ [`tag.${tag.key}`]: tag.value }}>{value}</EventsLink> : value}</dd>
          </div>
        );
      })}
    </dl>
  );
}
