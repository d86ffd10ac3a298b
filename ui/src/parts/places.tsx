import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Place } from "../api/resources";
import { clusterId, placeOf, type Somewhere } from "./clusterId";
import { visible } from "./EventText";
import { queryFor } from "./query";
import { shorten } from "./ShortId";
import classes from "./places.module.css";

interface PlaceLinkProps {
  to: "/clusters/$cluster" | "/tasks/$task";
  params: { cluster: string } | { task: string };
  search?: Record<string, string>;
  /** The query that finds its events. */
  q: string;
  title: string;
  children: ReactNode;
}

/** A thing's name: a click opens its page, one with Alt its events in Explore. */
function PlaceLink({ to, params, search = {}, q, title, children }: PlaceLinkProps) {
  const navigate = useNavigate();
  return (
    <Link
      to={to}
      params={params as never}
      search={search}
      className={classes.place}
      title={`${visible(title.slice(0, 300))}\nAlt + click: its events`}
      onClick={(event) => {
        if (!event.altKey) return;
        event.preventDefault();
        void navigate({ to: "/explore", search: { q } });
      }}
    >
      {children}
    </Link>
  );
}

const Name = ({ name }: { name: string }) => <bdi>{visible(name.length > 200 ? `${name.slice(0, 200)}…` : name)}</bdi>;

/** A cluster; opens its page. */
export const ClusterLink = ({ of, children }: { of: Somewhere; children?: ReactNode }) => (
  <PlaceLink to="/clusters/$cluster" params={{ cluster: clusterId(of) }} q={queryFor(placeOf(of))} title={clusterId(of)}>
    {children ?? <Name name={of.cluster} />}
  </PlaceLink>
);

/** A service; opens its tasks in its cluster. */
export const ServiceLink = ({ of, service }: { of: Somewhere; service: string }) => (
  <PlaceLink to="/clusters/$cluster" params={{ cluster: clusterId(of) }} search={{ tab: "tasks", service }} q={queryFor({ ...placeOf(of), service })} title={service}>
    <Name name={service} />
  </PlaceLink>
);

/** An instance; opens the tasks on it. */
export const InstanceLink = ({ of, instance, name }: { of: Somewhere; instance: string; name?: string | undefined }) => (
  <PlaceLink to="/clusters/$cluster" params={{ cluster: clusterId(of) }} search={{ tab: "tasks", instance }} q={queryFor({ ...placeOf(of), instance })} title={name ? `${name}, ${instance}` : instance}>
    <span className="mono">
      <Name name={name ?? shorten(instance)} />
    </span>
  </PlaceLink>
);

/** A deployment; opens its tasks. */
export const DeploymentLink = ({ of, deployment }: { of: Place; deployment: string }) => (
  <PlaceLink to="/clusters/$cluster" params={{ cluster: clusterId(of) }} search={{ tab: "tasks", deployment }} q={queryFor({ cluster: of.cluster, startedBy: deployment })} title={deployment}>
    <span className="mono">
      <Name name={shorten(deployment.replace(/^ecs-svc\//, ""))} />
    </span>
  </PlaceLink>
);

/** A task; opens its story, which stays at this address. */
export const TaskLink = ({ task, children }: { task: string; children?: ReactNode }) => (
  <PlaceLink to="/tasks/$task" params={{ task }} q={queryFor({ task })} title={task}>
    {children ?? (
      <span className="mono">
        <Name name={shorten(task)} />
      </span>
    )}
  </PlaceLink>
);

/** A value that is a query of its own: a kind, an exit code, a state. `isAside`: it is not what its row is about, and keys that walk rows pass it by. */
export const EventsLink = ({ values, isAside = false, children }: { values: Record<string, string | null | undefined>; isAside?: boolean; children: ReactNode }) => (
  <Link to="/explore" search={{ q: queryFor(values) }} className={classes.place} data-aside={isAside || undefined}>
    {children}
  </Link>
);
