import { Button, TextInput, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type MouseEvent } from "react";
import { get } from "../../api/client";
import { useFields } from "../../api/queries";
import type { FieldItem, ValueList } from "../../api/types";
import { Icon } from "../../frame/icons";
import { Failing } from "../../parts/Answer";
import { visible } from "../../parts/EventText";
import { KindIcon } from "../../parts/KindIcon";
import { StateMark } from "../../parts/StateMark";
import { stateOfOutcome } from "../../state";
import { usePageTime } from "../../time/useTime";
import type { Explore } from "./useExplore";
import classes from "./FieldsPanel.module.css";

/** What people look at first. */
const first = ["outcome", "kind", "cluster", "service", "severity", "detailType", "lastStatus", "stopCode", "exitCode", "container", "instance", "eventName", "account", "region"];
const opened = new Set(["outcome", "kind", "cluster", "service"]);
const mostFields = 40;

/** Whether a click means "all but this": with any modifier. */
export const isInverting = (event: MouseEvent): boolean => event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;

/** The fields, each with its top values over what is asked: click one to ask for it. */
export function FieldsPanel({ explore, isReady, refetchMilliseconds }: { explore: Explore; isReady: boolean; refetchMilliseconds: number | false }) {
  const fields = useFields();
  const [wanted, setWanted] = useState("");
  const all = fields.data?.items ?? [];
  const text = wanted.trim().toLowerCase();
  const shown =
    text === ""
      ? first.flatMap((name) => all.find((field) => field.name === name) ?? [])
      : all.filter((field) => `${field.name} ${field.description}`.toLowerCase().includes(text)).slice(0, mostFields);
  return (
    <section className={classes.panel} aria-label="Fields">
      <TextInput size="xs" placeholder={`Find one of ${all.length} fields`} aria-label="Find a field" value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} />
      {fields.error ? <Failing failure={fields.error} /> : null}
      {shown.map((field) => (
        <Field key={field.name} field={field} explore={explore} isReady={isReady} isOpened={opened.has(field.name)} refetchMilliseconds={refetchMilliseconds} />
      ))}
      {text !== "" && shown.length === 0 ? <p className={classes.none}>No field is called that.</p> : null}
    </section>
  );
}

function Field({ field, explore, isReady, isOpened, refetchMilliseconds }: { field: FieldItem; explore: Explore; isReady: boolean; isOpened: boolean; refetchMilliseconds: number | false }) {
  const [isOpen, open] = useState(isOpened);
  const isColumn = explore.columns.includes(field.name);
  return (
    <div className={classes.field}>
      <div className={classes.head}>
        <UnstyledButton className={classes.name} aria-expanded={isOpen} onClick={() => open(!isOpen)} title={field.description || field.path}>
          <span className={classes.chevron} data-open={isOpen || undefined}>
            <Icon name="chevron" size={12} />
          </span>
          <bdi>{visible(field.name)}</bdi>
        </UnstyledButton>
        <UnstyledButton
          className={classes.tool}
          aria-pressed={isColumn}
          aria-label={isColumn ? `Remove the column ${field.name}` : `Show ${field.name} as a column`}
          title={isColumn ? "Remove the column" : "Show as a column"}
          onClick={() => explore.set({ columns: isColumn ? explore.columns.filter((name) => name !== field.name) : [...explore.columns, field.name] })}
        >
          <Icon name="columns" size={13} />
        </UnstyledButton>
      </div>
      {isOpen ? <Values field={field} explore={explore} isReady={isReady} refetchMilliseconds={refetchMilliseconds} /> : null}
    </div>
  );
}

function Values({ field, explore, isReady, refetchMilliseconds }: { field: FieldItem; explore: Explore; isReady: boolean; refetchMilliseconds: number | false }) {
  const { api } = usePageTime();
  const [limit, setLimit] = useState(6);
  const values = useQuery({
    queryKey: ["values", field.name, explore.q, api, limit],
    queryFn: ({ signal }) => get<ValueList>(`/api/v1/fields/${encodeURIComponent(field.name)}/values`, { q: explore.q, ...api, limit }, signal),
    refetchInterval: refetchMilliseconds,
    // What people look at first is asked first.
    enabled: isReady,
  });
  if (values.error && !values.data) return <p className={classes.none}>No values: {values.error.message}</p>;
  if (!values.data) return <p className={classes.none}>…</p>;
  const { items, total, without } = values.data;
  const most = items[0]?.count ?? 1;
  return (
    <>
      <ul className={classes.values}>
        {items.map(({ value, count }) => (
          <li key={value} className={classes.value}>
            <UnstyledButton
              className={classes.pick}
              title={`${visible(value.slice(0, 300))}\n${count.toLocaleString("en")} of ${total.toLocaleString("en")}\nClick: only these. Shift-click: all but these.`}
              onClick={(event) => explore.filter(field.name, value, isInverting(event))}
            >
              <svg className={classes.bar} aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 1">
                <rect width={Math.max(1, (100 * count) / most)} height="1" />
              </svg>
              {field.name === "outcome" ? <StateMark state={stateOfOutcome(value)} words={value} /> : field.name === "kind" ? <KindIcon kind={value} isLabelled={false} size={13} /> : null}
              <bdi className={classes.text}>{visible(value.slice(0, 200))}</bdi>
              <span className={classes.count}>{count.toLocaleString("en")}</span>
            </UnstyledButton>
            <UnstyledButton className={classes.out} aria-label={`All but ${visible(value.slice(0, 80))}`} title="All but these" onClick={() => explore.filter(field.name, value, true)}>
              <Icon name="minus" size={12} />
            </UnstyledButton>
          </li>
        ))}
      </ul>
      {items.length === 0 ? <p className={classes.none}>{total === 0 ? "Nothing matches." : "None of these events has it."}</p> : null}
      {items.length === limit ? (
        <Button size="compact-xs" variant="subtle" className={classes.more} onClick={() => setLimit(limit < 50 ? 50 : 500)}>
          more values
        </Button>
      ) : null}
      {items.length > 0 && without > 0 ? <p className={classes.none}>{without.toLocaleString("en")} events without it</p> : null}
    </>
  );
}
