// A mail server for tests, on 127.0.0.1 only. Arguments: CERTIFICATE KEY MODE, where MODE is "starttls", "tls" or "plain".
// Prints the port that it listens at, and then each mail that it took as a line of JSON. It lets in user "crowsnest" with password "s3cret-s3cret",
// and takes no mail to anybody whose name begins with "nobody".
"use strict";
const fs = require("node:fs");
const { SMTPServer } = require("smtp-server");

const [certificate, key, mode] = process.argv.slice(2);
const server = new SMTPServer({
  cert: fs.readFileSync(certificate),
  key: fs.readFileSync(key),
  secure: mode === "tls",
  disabledCommands: mode === "plain" ? ["STARTTLS"] : [],
  authOptional: true,
  authMethods: ["PLAIN", "LOGIN"],
  size: 1024 * 1024,
  onAuth(auth, session, answer) {
    if (auth.username === "crowsnest" && auth.password === "s3cret-s3cret") answer(null, { user: auth.username });
    else answer(new Error(`no such user or password: ${auth.username} ${auth.password}`));
  },
  onRcptTo(address, session, answer) {
    if (address.address.startsWith("nobody")) answer(Object.assign(new Error("no such mailbox"), { responseCode: 550 }));
    else if (address.address.startsWith("later")) answer(Object.assign(new Error("greylisted"), { responseCode: 451 }));
    else answer();
  },
  onData(stream, session, answer) {
    const chunks = [];
    stream.on("data", chunk => chunks.push(chunk));
    stream.on("end", () => {
      if (stream.sizeExceeded) return answer(Object.assign(new Error("too large"), { responseCode: 552 }));
      const { mailFrom, rcptTo } = session.envelope;
      console.log(JSON.stringify({ from: mailFrom.address, to: rcptTo.map(to => to.address), user: session.user || "", secure: session.secure, mail: Buffer.concat(chunks).toString("utf8") }));
      answer();
    });
  },
});
server.on("error", () => {});
server.listen(0, "127.0.0.1", () => console.log(server.server.address().port));

// It ends with whoever started it.
process.stdin.on("end", () => process.exit(0)).resume();
