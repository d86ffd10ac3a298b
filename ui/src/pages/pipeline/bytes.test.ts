import { expect, test } from "vitest";
import { bytesOf, hexOf, wordsOfBytes } from "./bytes";

test("bytes are shown as a hex editor shows them, and what is no letter as a dot", () => {
  expect(hexOf(bytesOf(btoa("this is \u001b[31m <b>\u00ff")))).toBe("000000  74 68 69 73 20 69 73 20  1b 5b 33 31 6d 20 3c 62  this is ·[31m <b\n000010  3e ff                                             >·");
});

test("sizes are said in the unit that fits", () => {
  expect([0, 999, 3_100, 50_000, 123_456_789].map(wordsOfBytes)).toEqual(["0 B", "999 B", "3.1 kB", "50 kB", "123 MB"]);
});
