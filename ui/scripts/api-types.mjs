// Makes src/api/schema.d.ts out of openapi.json, which a test of the server holds to the server's own description.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

export const head = "// Made from openapi.json by `npm run types`; a test holds it to that.\n\n";

/** The types of a description. */
export async function typesOf(description) {
  return head + astToString(await openapiTS(JSON.parse(description)));
}

if (process.argv[1] === import.meta.filename) {
  const root = new URL("..", import.meta.url);
  writeFileSync(new URL("src/api/schema.d.ts", root), await typesOf(readFileSync(new URL("openapi.json", root), "utf8")));
}
