import { Kbd, UnstyledButton } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState, type FormEvent } from "react";
import { Icon } from "./icons";
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
  useEffect(() => setText(q), [q]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rememberSearch(text);
    void navigate({ to: "/explore", search: (now) => ({ ...now, q: text || undefined }) });
  };
  return (
    <form className={classes.box} role="search" onSubmit={submit}>
      <Icon name="explore" />
      <input
        id={inputId}
        className={classes.input}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        placeholder="Search events: outcome:failure AND cluster:prod"
        aria-label="Search events"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
      />
      <UnstyledButton className={classes.palette} onClick={onPalette} aria-label="Find pages, fields and searches">
        <Kbd size="xs">Ctrl K</Kbd>
      </UnstyledButton>
    </form>
  );
}
