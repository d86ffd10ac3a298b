import type { EventItem } from "../api/types";
import { hostile } from "./hostile";
import { anEvent, noCounts, type Story, type Told } from "./story";

const all = "/explore?last=all";

const list = (items: EventItem[]): Told => ({ json: { items, next: null, cut: null } });
const counts = (total: number): Told => ({
  json: { ...noCounts, total, counts: noCounts.counts.map((_, index) => (index % 7) * 3), series: [{ value: "failure", total, counts: noCounts.counts.map((_, index) => (index % 7) * 3) }] },
});

const hostileEvents = hostile.map((text, index) =>
  anEvent(index, { summary: text, service: text.slice(0, 300), kind: index === 0 ? text : "OutOfMemory", evidence: [text], nextStep: text, event: { "detail-type": text, detail: { reason: text, [text.slice(0, 200)]: text } } }),
);

export const exploreStories: Story[] = [
  { name: "explore-empty", path: all, answer: () => undefined },
  {
    name: "explore-nothing-matches",
    path: "/explore?q=kind:OutOfMemory&last=1h",
    answer: (url) => (url.pathname === "/api/v1/events" && url.searchParams.get("limit") === "1" ? list([anEvent(60)]) : undefined),
  },
  { name: "explore-loading", path: all, answer: (url) => (url.pathname === "/api/v1/events" || url.pathname === "/api/v1/histogram" ? "never" : undefined) },
  {
    name: "explore-failing",
    path: all,
    answer: (url) => (url.pathname === "/api/v1/session" ? undefined : { status: 503, title: "Store unavailable", detail: "The disk is full. Make room; it goes on by itself." }),
  },
  {
    name: "explore-hostile",
    path: `${all}&cols=service,kind&open=${hostileEvents[0]?.key ?? ""}`,
    answer: (url) => {
      if (url.pathname === "/api/v1/events") return list(hostileEvents);
      if (url.pathname === "/api/v1/histogram") return { json: { ...noCounts, total: 7, counts: noCounts.counts.map(() => 1), series: hostile.map((value) => ({ value, total: 1, counts: noCounts.counts.map(() => 1) })) } };
      if (url.pathname.endsWith("/values")) return { json: { items: hostile.map((value, index) => ({ value, count: 7 - index })), next: null, total: 7, without: 0, cut: null } };
      return undefined;
    },
  },
  {
    name: "explore-huge",
    path: `${all}&open=huge`,
    answer: (url) => {
      const huge = anEvent(1, { key: "huge", summary: "An event of two hundred members and half a megabyte.", event: { detail: Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`member${index}`, "x".repeat(2_500)])) } });
      if (url.pathname === "/api/v1/events") return { json: { items: [huge, ...Array.from({ length: 199 }, (_, index) => anEvent(index + 2))], next: "more", cut: "The search took its 2 s; what is shown is what was found until then." } };
      if (url.pathname === "/api/v1/histogram") return counts(1_234_567_890);
      if (url.pathname.endsWith("/values")) return { json: { items: Array.from({ length: 6 }, (_, index) => ({ value: `value-${index}`, count: 10 ** (9 - index) })), next: null, total: 10 ** 9, without: 12_345_678, cut: null } };
      return undefined;
    },
  },
];
