import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { get } from "../../api/client";
import type { EventPage } from "../../api/types";
import { Answer, Empty } from "../../parts/Answer";
import { StateMark } from "../../parts/StateMark";
import { TimeText } from "../../parts/TimeText";
import { stateOfEvent } from "../../state";
import { usePageTime } from "../../time/useTime";

/** Events that a query finds. */
export function ExplorePage() {
  const { q } = useSearch({ strict: false });
  const { api } = usePageTime();
  const events = useQuery({ queryKey: ["events", q, api], queryFn: ({ signal }) => get<EventPage>("/api/v1/events", { q, ...api }, signal) });
  return (
    <Answer query={events}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title="Nothing matches" />
        ) : (
          <ul>
            {items.map((item) => (
              <li key={item.key}>
                <TimeText at={item.occurredAt} /> <StateMark state={stateOfEvent(item)} /> <span className="event-text">{item.summary}</span>
              </li>
            ))}
          </ul>
        )
      }
    </Answer>
  );
}
