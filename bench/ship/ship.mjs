// `ingest` into a shared store: into a sink that only counts (what our own work costs), there also one event at a time; and into a real server beside a loader
// that has its bodies ready (what the server can take). The loader sends the very documents that ours wrote into the sink, so both give the server the same to do.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const program = join(root, 'artifacts/crowsnest/crowsnest');
const sinkProgram = join(process.env.PEERS ?? join(tmpdir(), 'crowsnest-peers'), 'sink');
const [file, server, some = '40000'] = process.argv.slice(2);
if (!file) {
  console.error('usage: bench ship EVENTS.ndjson [SERVER [EVENTS]]; of SERVER all indices crowsnest-* are deleted');
  process.exit(2);
}

if (!existsSync(sinkProgram)) {
  console.log(`skipped: ${sinkProgram} is not there; ../shared/bench/setup.sh builds it into $PEERS.`);
  process.exit(0);
}

const work = mkdtempSync(join(tmpdir(), 'crowsnest-ship-'));
try {
  const lines = countLines(readFileSync(file));
  const counted = await intoSink(file, []);
  if (counted.events !== lines) fail(`the sink counted ${counted.events} of ${lines} events`);
  say('ingest into the sink', lines, counted.ours);
  await oneAtATime();
  if (server) await besideLoader();
} catch (failure) {
  console.error(failure.message);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true });
}

// Events are written to a pipe one by one: from a line's writing until the sink has its document. The first are not counted: much is compiled with them.
async function oneAtATime() {
  const [warming, measured] = [500, 500];
  const all = readFileSync(file);
  const lines = all.subarray(0, endOfLine(all, warming + measured)).toString().split('\n').filter(Boolean);
  const { sink, url } = await startSink([]);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const child = spawn(program, ['ingest', '-', '--store', url, '--no-notify'], { stdio: ['pipe', 'ignore', 'inherit'], cwd: work });
  const times = [];
  for (const [place, line] of lines.entries()) {
    await new Promise((next) => setTimeout(next, 5));
    const began = performance.now();
    child.stdin.write(line + '\n');
    while (JSON.parse(await ask('GET', `${url}/_sink/stats`, undefined, agent)).events <= place) if (performance.now() - began > 10_000) fail('an event did not arrive within 10 s');
    if (place >= warming) times.push(performance.now() - began);
  }
  child.stdin.end();
  await new Promise((ended) => child.once('close', ended));
  agent.destroy();
  await end(sink);
  times.sort((x, y) => x - y);
  const at = (share) => times[Math.floor(times.length * share)].toFixed(2);
  console.log(`one event at a time      ${at(0.5)} ms in the middle, ${at(0.9)} ms at p90, ${at(0.99)} ms at p99, from its writing to its document`);
}

async function besideLoader() {
  const part = join(work, 'events.ndjson');
  const all = readFileSync(file);
  writeFileSync(part, all.subarray(0, endOfLine(all, Number(some))));
  const events = countLines(readFileSync(part));
  await intoSink(part, [`save=${work}`]);
  const bodies = bodiesOf(join(work, 'bulk.ndjson'));

  // A server that has just started is slow: the first two are not counted.
  await fresh(part, events);
  await empty('events-*');
  await load(bodies, 2);
  const ours = await fresh(part, events);
  say('ingest into the server', events, ours);

  let best = 0;
  for (const connections of [1, 2, 4, 8]) {
    await empty('events-*');
    const seconds = await load(bodies, connections);
    const loaded = await count();
    if (loaded !== events) fail(`the loader left ${loaded} of ${events} events`);
    best = Math.max(best, events / seconds);
    say(`loader, ${connections} connections`, events, { seconds });
  }

  console.log(`ingest is ${(events / ours.seconds / best).toFixed(2)} of the loader's best`);
}

// Indices are there when the clock starts, as they are for the loader.
async function fresh(part, events) {
  await empty();
  await run(['opensearch', 'setup', '--store', server]);
  const ours = await run(['ingest', part, '--store', server, '-o', 'json']);
  const stored = await count();
  if (stored !== events) fail(`the server has ${stored} of ${events} events`);
  return ours;
}

async function startSink(options) {
  const port = await freePort();
  const sink = spawn(sinkProgram, [`port=${port}`, ...options], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(url))) await new Promise((next) => setTimeout(next, 20));
  return { sink, url };
}

async function end(sink) {
  sink.kill();
  await new Promise((ended) => (sink.exitCode === null && sink.signalCode === null ? sink.once('exit', ended) : ended()));
}

async function intoSink(events, options) {
  const { sink, url } = await startSink(options);
  try {
    const ours = await run(['ingest', events, '--store', url, '-o', 'json']);
    const stats = JSON.parse(await ask('GET', `${url}/_sink/stats`));
    return { ours, events: stats.events };
  } finally {
    await end(sink);
  }
}

// Processor time and peak of memory are the last that the kernel showed before the end.
async function run(command) {
  const began = process.hrtime.bigint();
  const child = spawn(program, command, { stdio: ['ignore', 'ignore', 'pipe'], cwd: work });
  let words = '';
  child.stderr.on('data', (more) => (words += more));
  const seen = { processor: 0, peak: 0 };
  const look = setInterval(() => {
    try {
      const after = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
      seen.processor = (Number(after[11]) + Number(after[12])) / 100;
      seen.peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? seen.peak * 1024) / 1024;
    } catch {
      // It has just ended.
    }
  }, 10);
  const code = await new Promise((ended) => child.once('close', ended));
  clearInterval(look);
  if (code !== 0) fail(`${command[0]} ended with ${code}:\n${words}`);
  return { ...seen, seconds: Number(process.hrtime.bigint() - began) / 1e9 };
}

// The documents of events as they were sent, in requests of about 4 MB.
function bodiesOf(saved) {
  const bytes = readFileSync(saved);
  const bodies = [];
  let [part, size] = [[], 0];
  for (let at = 0; at < bytes.length; ) {
    const action = bytes.indexOf(10, at) + 1;
    const end = bytes.indexOf(10, action) + 1;
    // The sink keeps searches too, as documents of the index that they search.
    if (/^{"create":{"_index":"[^"]*-events-/.test(bytes.subarray(at, action).toString())) {
      part.push(bytes.subarray(at, end));
      size += end - at;
    }

    at = end;
    if (size > 4 << 20 || (at >= bytes.length && size > 0)) {
      bodies.push(Buffer.concat(part));
      [part, size] = [[], 0];
    }
  }

  return bodies;
}

async function load(bodies, connections) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const left = [...bodies];
  const began = process.hrtime.bigint();
  await Promise.all(Array.from({ length: connections }, async () => {
    for (let body = left.shift(); body; body = left.shift()) {
      const answer = JSON.parse(await ask('POST', `${server}/_bulk?filter_path=errors,items.*.error`, body, agent));
      if (answer.errors !== false) fail(`the server refused a part of a body: ${JSON.stringify(answer).slice(0, 400)}`);
    }
  }));
  agent.destroy();
  return Number(process.hrtime.bigint() - began) / 1e9;
}

async function empty(what = '*') {
  const there = JSON.parse(await ask('GET', `${server}/_cat/indices/crowsnest-${what}?format=json&h=index`));
  for (const { index } of there) await ask('DELETE', `${server}/${index}`);
}

async function count() {
  await ask('POST', `${server}/crowsnest-events-*/_refresh`);
  return JSON.parse(await ask('GET', `${server}/crowsnest-events-*/_count`)).count;
}

function ask(method, url, body, agent) {
  return new Promise((done, broken) => {
    const asked = request(url, { method, agent, headers: body ? { 'content-type': 'application/x-ndjson', 'content-length': body.length } : {} }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => done(Buffer.concat(parts).toString()));
      answer.on('error', broken);
    });
    asked.on('error', broken);
    asked.end(body);
  });
}

async function answers(url) {
  try {
    await ask('GET', `${url}/_sink/stats`);
    return true;
  } catch {
    return false;
  }
}

function freePort() {
  return new Promise((found) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });
}

function endOfLine(bytes, lines) {
  let at = 0;
  for (let line = 0; line < lines && at < bytes.length; line++) at = (bytes.indexOf(10, at) + 1) || bytes.length;
  return at;
}

function countLines(bytes) {
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  return lines;
}

function say(what, events, { seconds, processor, peak }) {
  const cost = processor === undefined ? '' : `  ${((processor / events) * 1e6).toFixed(0).padStart(4)} s of processor a million  ${peak.toFixed(0)} MB peak`;
  console.log(`${what.padEnd(24)} ${(events / seconds / 1000).toFixed(1).padStart(6)}k events/s${cost}`);
}

function fail(why) {
  throw new Error(`bench ship: ${why}`);
}
