import { Modal } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useId, useMemo, useState, type KeyboardEvent } from "react";
import { useFields } from "../api/queries";
import { itemsOf, useResources } from "../api/resources";
import { clusterId } from "../parts/clusterId";
import { pages } from "../router";
import { recentSearches, rememberSearch } from "./recent";
import classes from "./Palette.module.css";

interface Found {
  id: string;
  group: string;
  title: string;
  hint: string;
  go: () => void;
}

const most = 14;
/** So many clusters and services can be found by name; a list of more is for the Clusters page. */
const named = 1_000;
/** A task's id: 32 hexadecimal digits, or a UUID as old ones are. */
const taskId = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** Finds pages, clusters, services, tasks by their id, fields and recent searches by a few letters; what nothing matches is searched for. */
export function Palette({ onClose }: { onClose: () => void }) {
  return (
    <Modal.Root opened onClose={onClose} size="lg" yOffset="12vh">
      <Modal.Overlay />
      <Modal.Content aria-label="Find pages, clusters, services and searches">
        <Finder onClose={onClose} />
      </Modal.Content>
    </Modal.Root>
  );
}

function Finder({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const fields = useFields();
  const clusters = useResources("clusters", {}, { limit: named });
  const services = useResources("services", {}, { limit: named });
  const listId = useId();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const found = useMemo<Found[]>(() => {
    const search = (q: string) => {
      rememberSearch(q);
      void navigate({ to: "/explore", search: (now) => ({ ...now, q }) });
    };
    const all: Found[] = [
      ...pages.map((page) => ({ id: `page-${page.name}`, group: "Pages", title: page.name, hint: `g ${page.key}`, go: () => void navigate({ to: page.path, search: {} }) })),
      ...itemsOf(clusters).map((cluster) => ({
        id: `cluster-${clusterId(cluster)}`,
        group: "Clusters",
        title: cluster.clusterName,
        hint: `${cluster.account} ${cluster.region}`,
        go: () => void navigate({ to: "/clusters/$cluster", params: { cluster: clusterId(cluster) }, search: {} }),
      })),
      ...itemsOf(services).map((service) => ({
        id: `service-${clusterId(service)}/${service.serviceName}`,
        group: "Services",
        title: service.serviceName,
        hint: `${service.cluster} ${service.region}`,
        go: () => void navigate({ to: "/clusters/$cluster", params: { cluster: clusterId(service) }, search: { tab: "tasks", service: service.serviceName } }),
      })),
      ...recentSearches().map((q) => ({ id: `recent-${q}`, group: "Recent searches", title: q, hint: "", go: () => search(q) })),
      ...(fields.data?.items ?? []).map((field) => ({ id: `field-${field.name}`, group: "Fields", title: field.name, hint: field.description, go: () => search(`_exists_:${field.name}`) })),
    ];
    const wanted = text.trim().toLowerCase();
    const hits = all.filter((one) => wanted === "" ? one.group === "Pages" || one.group === "Recent searches" : `${one.title} ${one.hint}`.toLowerCase().includes(wanted));
    const best = hits.sort((a, b) => rank(a, wanted) - rank(b, wanted)).slice(0, most);
    // An id may be pasted out of an ARN.
    const task = wanted.split("/").at(-1) ?? "";
    if (taskId.test(task)) best.unshift({ id: "task", group: "Tasks", title: task, hint: "its story", go: () => void navigate({ to: "/tasks/$task", params: { task }, search: {} }) });
    if (wanted !== "") best.push({ id: "search", group: "Search", title: text.trim(), hint: "search events for this", go: () => search(text.trim()) });
    return best;
  }, [fields.data, clusters.data, services.data, navigate, text]);
  const at = Math.min(chosen, found.length - 1);
  const pick = (one: Found | undefined) => {
    if (!one) return;
    onClose();
    one.go();
  };
  const press = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setChosen((at + step + found.length) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      pick(found[at]);
    }
  };
  return (
    <div className={classes.finder}>
      <input
        className={classes.input}
        data-autofocus
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={found[at] ? `${listId}-${at}` : undefined}
        aria-label="Find pages, clusters, services and searches"
        placeholder="Pages, clusters, services, a task's id, fields, recent searches …"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={press}
        autoComplete="off"
        spellCheck={false}
      />
      <ul id={listId} role="listbox" aria-label="Found" className={classes.list}>
        {found.map((one, index) => (
          <li key={one.id} id={`${listId}-${index}`} role="option" aria-selected={index === at} className={classes.one} onMouseMove={() => setChosen(index)} onClick={() => pick(one)}>
            <span className={classes.group}>{one.group}</span>
            <bdi className={classes.title}>{one.title}</bdi>
            <span className={classes.hint}>{one.hint}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function rank(one: Found, wanted: string): number {
  const title = one.title.toLowerCase();
  const place = title === wanted ? 0 : title.startsWith(wanted) ? 1 : title.includes(wanted) ? 2 : 3;
  return place * 5 + ["Pages", "Clusters", "Services", "Recent searches", "Fields"].indexOf(one.group);
}
