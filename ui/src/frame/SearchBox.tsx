import { Kbd, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useId, useMemo, useRef, useState, type FormEvent, type KeyboardEvent } from "react";
import { get } from "../api/client";
import { useFields } from "../api/queries";
import type { ValueList } from "../api/types";
import { completed, completeField, completeValue, typingAt, type Completion } from "../query/complete";
import { useQueryProblem } from "../query/problem";
import { visible } from "../parts/EventText";
import { usePageTime } from "../time/useTime";
import { Icon } from "./icons";
import { QueryMistakes } from "./QueryMistakes";
import { rememberSearch } from "./recent";
import classes from "./SearchBox.module.css";

const inputId = "search";

/** Puts the cursor into the search box. */
export function focusSearch(): void {
  const input = document.getElementById(inputId);
  if (input instanceof HTMLInputElement) {
    input.focus();
    input.select();
  }
}

/** The one place where people type queries, on every page; what it finds is shown by Explore. */
export function SearchBox({ onPalette }: { onPalette: () => void }) {
  const { q = "" } = useSearch({ strict: false });
  const navigate = useNavigate();
  const [text, setText] = useState(q);
  const [cursor, setCursor] = useState(0);
  // Completions come when something was typed, and go with Escape or by leaving.
  const [isCompleting, complete] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const problem = useQueryProblem(text.trim());
  const completions = useCompletions(text, cursor, isCompleting);
  useEffect(() => {
    setText(q);
    complete(false);
  }, [q]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    complete(false);
    const wanted = text.trim();
    rememberSearch(wanted);
    void navigate({ to: "/explore", search: (now) => ({ ...now, q: wanted || undefined, open: undefined }) });
  };
  const take = (completion: Completion) => {
    const next = completed(text, typingAt(text, cursor), completion);
    setText(next.query);
    setCursor(next.cursor);
    setChosen(-1);
    complete(!completion.text.endsWith(" "));
    requestAnimationFrame(() => input.current?.setSelectionRange(next.cursor, next.cursor));
  };
  const press = (event: KeyboardEvent) => {
    const isOpen = completions.length > 0;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const picked = completions[chosen] ?? (event.key === "Tab" && !event.shiftKey && isOpen ? completions[0] : undefined);
    if (step !== 0 && isOpen) {
      event.preventDefault();
      setChosen((chosen + step + completions.length + (chosen < 0 && step < 0 ? 1 : 0)) % completions.length);
    } else if ((event.key === "Enter" || event.key === "Tab") && picked) {
      event.preventDefault();
      take(picked);
    } else if (event.key === "Escape") {
      if (isOpen) complete(false);
      else input.current?.blur();
    } else if (event.key === "ArrowDown") {
      complete(true);
    }
  };
  const look = () => setCursor(input.current?.selectionStart ?? text.length);
  return (
    <form className={classes.box} role="search" onSubmit={submit} data-wrong={problem ? true : undefined}>
      <Icon name="explore" />
      <input
        ref={input}
        id={inputId}
        className={classes.input}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setCursor(event.currentTarget.selectionStart ?? event.currentTarget.value.length);
          setChosen(-1);
          complete(true);
        }}
        onKeyDown={press}
        onKeyUp={look}
        onClick={look}
        onBlur={() => complete(false)}
        placeholder="Search events: outcome:failure AND cluster:prod"
        aria-label="Search events"
        role="combobox"
        aria-expanded={completions.length > 0}
        aria-controls={completions.length > 0 ? listId : undefined}
        aria-autocomplete="list"
        aria-activedescendant={completions[chosen] ? `${listId}-${chosen}` : undefined}
        aria-invalid={problem !== undefined}
        aria-describedby={problem ? `${listId}-mistakes` : undefined}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
      />
      {text !== "" ? (
        <UnstyledButton className={classes.palette} type="reset" aria-label="Clear the search" onClick={() => void navigate({ to: ".", search: (now) => ({ ...now, q: undefined }) }).then(() => setText(""))}>
          <Icon name="close" size={13} />
        </UnstyledButton>
      ) : null}
      <UnstyledButton className={classes.palette} data-wide onClick={onPalette} aria-label="Find pages, clusters, services and searches">
        <Kbd size="xs">Ctrl K</Kbd>
      </UnstyledButton>
      {completions.length > 0 ? (
        <ul id={listId} role="listbox" aria-label="Completions" className={classes.completions}>
          {completions.map((completion, index) => (
            <li
              key={completion.label}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === chosen}
              // The box must keep the focus, so the press is what counts.
              onMouseDown={(event) => {
                event.preventDefault();
                take(completion);
              }}
            >
              <bdi>{visible(completion.label)}</bdi>
              <span>{completion.hint}</span>
            </li>
          ))}
        </ul>
      ) : problem ? (
        <QueryMistakes id={`${listId}-mistakes`} query={text} problem={problem} />
      ) : null}
    </form>
  );
}

/** What fits at the cursor: fields at once, values by asking for those of the field within the page's time. */
function useCompletions(text: string, cursor: number, isCompleting: boolean): Completion[] {
  const fields = useFields().data?.items;
  const { api } = usePageTime();
  const typing = useMemo(() => typingAt(text, cursor), [text, cursor]);
  const isValue = isCompleting && typing.kind === "value" && (fields?.some((field) => field.name === typing.field || field.path === typing.field) ?? false);
  const values = useQuery({
    queryKey: ["values", typing.field, "", api, 200],
    queryFn: ({ signal }) => get<ValueList>(`/api/v1/fields/${encodeURIComponent(typing.field)}/values`, { ...api, limit: 200 }, signal),
    enabled: isValue,
    staleTime: 30_000,
  });
  if (!isCompleting) return [];
  if (typing.kind === "field") return typing.prefix === "" && typing.field === "" && text !== "" ? [] : completeField(typing, fields ?? []);
  return isValue ? completeValue(typing, values.isPlaceholderData ? [] : (values.data?.items ?? [])) : [];
}
