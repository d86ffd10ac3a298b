import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { typesOf } from "../../scripts/api-types.mjs";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test("the types are those of the API's description (npm run types makes them)", async () => {
  expect(read("./schema.d.ts")).toBe(await typesOf(read("../../openapi.json")));
});
