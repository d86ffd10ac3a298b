const paths = {
  overview: "M2 13h12M3.5 13V7M8 13V3M12.5 13V9",
  explore: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3L14 14",
  clusters: "M8 1.5l5.5 3.2v6.6L8 14.5l-5.5-3.2V4.7zM2.5 4.7L8 8l5.5-3.3M8 8v6.5",
  incidents: "M8 2a4 4 0 0 1 4 4c0 3.5 1.5 4.5 1.5 5.5h-11C2.5 10.5 4 9.5 4 6a4 4 0 0 1 4-4zM6.5 13.5a1.5 1.5 0 0 0 3 0",
  capacity: "M2.5 13.5v-11M6.2 13.5v-7M9.8 13.5v-9M13.5 13.5v-4M1 13.5h14",
  rules: "M2.5 4l1.5 1.5L6.5 3M2.5 10l1.5 1.5L6.5 9M9 4.5h5M9 10.5h5",
  pipeline: "M1.5 8h3M11.5 8h3M4.5 5.5h7v5h-7zM7 8h2",
  keys: "M1.5 4h13v8h-13zM4 6.5h.01M6.7 6.5h.01M9.3 6.5h.01M12 6.5h.01M5 9.5h6",
  light: "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1",
  dark: "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z",
  system: "M2 3h12v8H2zM6 14h4M8 11v3",
  person: "M8 2a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM3 14c0-3 2-5 5-5s5 2 5 5",
  chevron: "M4 6l4 4 4-4",
  close: "M4 4l8 8M12 4l-8 8",
  play: "M5 3l8 5-8 5z",
  pause: "M5 3v10M11 3v10",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  columns: "M2 3h12v10H2zM6 3v10M10 3v10",
  download: "M8 2v8M5 7l3 3 3-3M2.5 13.5h11",
} as const;

export type IconName = keyof typeof paths;

/** A small drawing that says nothing that words do not say. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" style={{ flex: "none" }}>
      <path d={paths[name]} />
    </svg>
  );
}
