import { lookOfKind } from "../kinds";

/** A stop's kind: an icon of its own, the same everywhere; its words on hover and for screen readers unless they stand beside it. */
export function KindIcon({ kind, isLabelled = true, size = 16 }: { kind: string; isLabelled?: boolean; size?: number }) {
  const look = lookOfKind(kind);
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      style={{ verticalAlign: "-3px", flex: "none" }}
      {...(isLabelled ? { role: "img", "aria-label": look.words } : { "aria-hidden": true })}
    >
      {isLabelled ? <title>{look.words}</title> : null}
      <path d={look.path} />
    </svg>
  );
}
