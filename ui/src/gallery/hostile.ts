/** Text that tries to be more than text: markup, a turned direction, characters that move the cursor, and far too much of it. */
export const hostile: readonly string[] = [
  '<img src=x onerror="document.title=1"><script>document.title=2</script>',
  "\u202Egnp.exe\u202C and \u2067مرحبا\u2069 then \u202Eleft",
  "bell\u0007 escape\u001b[31mred\u001b[0m null\u0000 backspace\b\b\b",
  "zero\u200bwidth\u200d and \ufeffmark",
  "javascript:alert(1) {{7*7}} ${1} %s %d",
  "unbroken".repeat(6_400),
  `${"Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢ ".repeat(20)}`,
];
