import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync(new URL("./theme.css", import.meta.url), "utf8");

function colours(scheme: string): Map<string, string> {
  const block = css.slice(css.indexOf(`:root[data-mantine-color-scheme="${scheme}"]`));
  return new Map([...block.slice(0, block.indexOf("}")).matchAll(/(--[\w-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

const contrast = (a: string, b: string): number => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
};

const inks = ["--mantine-color-text", "--mantine-color-dimmed", "--accent-text", "--state-healthy", "--state-progress", "--state-warning", "--state-failing", "--state-unknown", "--state-routine"];
const grounds = ["--mantine-color-body", "--surface", "--surface-raised", "--surface-sunken", "--hover", "--accent-quiet"];

for (const scheme of ["light", "dark"]) {
  test(`every ink has 4.5 : 1 on every ground, ${scheme}`, () => {
    const all = colours(scheme);
    const low = inks.flatMap((ink) => grounds.map((ground) => ({ ink, ground, ratio: contrast(all.get(ink) ?? "", all.get(ground) ?? "") }))).filter((one) => !(one.ratio >= 4.5));
    expect(low).toEqual([]);
  });
}
