import { expect, test } from "vitest";
import { clauseFor, clausesOf, queryOf, quoted, withClause } from "./clauses";

test("a query comes apart at its ANDs, and what is within quotes and parentheses stays whole", () => {
  expect(clausesOf('kind:ImagePull AND NOT (a OR b) reason:"out of AND" -x:1 time:[now-1h TO now]')).toEqual([
    { text: "kind:ImagePull", isNegated: false },
    { text: "(a OR b)", isNegated: true },
    { text: 'reason:"out of AND"', isNegated: false },
    { text: "x:1", isNegated: true },
    { text: "time:[now-1h TO now]", isNegated: false },
  ]);
});

test("an OR on the outer level is one clause, and so is what is left open", () => {
  expect(clausesOf("a OR b AND c")).toEqual([{ text: "a OR b AND c", isNegated: false }]);
  expect(clausesOf('reason:"half')).toEqual([{ text: 'reason:"half', isNegated: false }]);
  expect(clausesOf("  ")).toEqual([]);
});

test("a clause that is added to an OR asks for both", () => {
  expect(withClause("a:1 OR b:2", "c:3")).toBe("(a:1 OR b:2) AND c:3");
  expect(clausesOf("(a:1 OR b:2) AND c:3").map((clause) => clause.text)).toEqual(["(a:1 OR b:2)", "c:3"]);
});

test("a clause is added once, and takes the place of its opposite", () => {
  expect(withClause("", "kind:ImagePull")).toBe("kind:ImagePull");
  expect(withClause("kind:ImagePull", "kind:ImagePull")).toBe("kind:ImagePull");
  expect(withClause("NOT kind:ImagePull AND a", "kind:ImagePull")).toBe("a AND kind:ImagePull");
});

test("values that could mean something else stand in quotes", () => {
  expect(quoted("prod-web")).toBe("prod-web");
  expect(quoted("137")).toBe("137");
  expect(quoted("OR")).toBe('"OR"');
  expect(quoted('a "b" \\ c')).toBe('"a \\"b\\" \\\\ c"');
  expect(clauseFor("resource", "arn:aws:ecs:eu-west-1:1:task/x")).toBe('resource:"arn:aws:ecs:eu-west-1:1:task/x"');
  expect(quoted("*")).toBe('"*"');
});

test("taking apart and putting together gives the same clauses", () => {
  for (const query of ["a", "NOT a", 'a AND b:"c d" AND NOT (e OR f)', "a b -c"]) expect(clausesOf(queryOf(clausesOf(query)))).toEqual(clausesOf(query));
});
