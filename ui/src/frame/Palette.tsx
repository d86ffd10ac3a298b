import { Modal } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useId, useMemo, useState, type KeyboardEvent } from "react";
import { useFields } from "../api/queries";
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

/** Finds pages, fields and recent searches by a few letters; what nothing matches is searched for. */
export function Palette({ onClose }: { onClose: () => void }) {
  return (
    <Modal.Root opened onClose={onClose} size="lg" yOffset="12vh">
      <Modal.Overlay />
      <Modal.Content aria-label="Find pages, fields and searches">
        <Finder onClose={onClose} />
      </Modal.Content>
    </Modal.Root>
  );
}

function Finder({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const fields = useFields();
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
      ...recentSearches().map((q) => ({ id: `recent-${q}`, group: "Recent searches", title: q, hint: "", go: () => search(q) })),
      ...(fields.data?.items ?? []).map((field) => ({ id: `field-${field.name}`, group: "Fields", title: field.name, hint: field.description, go: () => search(`_exists_:${field.name}`) })),
    ];
    const wanted = text.trim().toLowerCase();
    const hits = all.filter((one) => wanted === "" ? one.group !== "Fields" : `${one.title} ${one.hint}`.toLowerCase().includes(wanted));
    const best = hits.sort((a, b) => rank(a, wanted) - rank(b, wanted)).slice(0, most);
    if (wanted !== "") best.push({ id: "search", group: "Search", title: text.trim(), hint: "search events for this", go: () => search(text.trim()) });
    return best;
  }, [fields.data, navigate, text]);
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
        aria-label="Find pages, fields and searches"
        placeholder="Pages, fields, recent searches …"
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
  return place * 4 + ["Pages", "Recent searches", "Fields"].indexOf(one.group);
}
