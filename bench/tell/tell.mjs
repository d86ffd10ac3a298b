// From an event to a webhook, beside Debian's Alertmanager on the same machine: how long one takes, and how fast 20,000 at once are told. Each is an incident of
// its own here and a group of its own there, with no wait before the first message. Crowsnest keeps each event, incident and message on disk before it goes on;
// Alertmanager keeps alerts in memory.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { createServer as createSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const program = join(root, 'artifacts/crowsnest/crowsnest');
const [one = '300', many = '20000', rounds = '3'] = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), 'crowsnest-tell-'));
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true });
});

const arrived = new Map();
// Whoever waits is woken by what arrives: to look again and again would take a processor from who is measured.
let awaited = { names: new Set(), done: () => {} };
const sink = createServer((asked, answer) => {
  const parts = [];
  asked.on('data', (part) => parts.push(part));
  asked.on('end', () => {
    answer.end();
    const at = performance.now();
    for (const [, name] of Buffer.concat(parts).toString().matchAll(/"service":"(t\d+)"/g)) {
      if (!arrived.has(name)) arrived.set(name, at);
      if (awaited.names.delete(name) && awaited.names.size === 0) awaited.done();
    }
  });
});
await new Promise((done) => sink.listen(0, '127.0.0.1', done));
const hook = `http://127.0.0.1:${sink.address().port}/`;

const peers = [crowsnest];
if (existsSync('/usr/bin/prometheus-alertmanager')) peers.push(alertmanager);
else console.log('skipped: Debian\'s prometheus-alertmanager is not installed');
for (let round = 1; round <= Number(rounds); round++) for (const start of peers) await measure(await start(round));
process.exit(0);

async function measure(peer) {
  arrived.clear();
  // What compiles at first use is compiled.
  for (let i = 0; i < 50; i++) await told(peer, [`t9${i}`]);
  const times = [];
  for (let i = 0; i < Number(one); i++) {
    const began = performance.now();
    const name = `t1${i}`;
    await told(peer, [name]);
    times.push(arrived.get(name) - began);
    await new Promise((done) => setTimeout(done, 20));
  }

  times.sort((x, y) => x - y);
  const of = (part) => times[Math.min(times.length - 1, Math.floor(part * times.length))].toFixed(2);
  const names = Array.from({ length: Number(many) }, (_, i) => `t2${i}`);
  const began = performance.now();
  let posted = 0;
  await told(peer, names, () => { posted = performance.now() - began; });
  const last = Math.max(...names.map((name) => arrived.get(name))) - began;
  console.log(`${peer.name.padEnd(13)} one: p50 ${of(0.5)} ms, p90 ${of(0.9)}, p99 ${of(0.99)}; ${many} at once: accepted in ${(posted / 1000).toFixed(2)} s, told in ${(last / 1000).toFixed(2)} s (${Math.round(names.length / last * 1000)}/s), ${peak(peer)} MiB at most`);
  const ended = new Promise((done) => peer.child.once('exit', done));
  peer.child.kill('SIGTERM');
  await ended;
  running.delete(peer.child);
}

async function crowsnest(round) {
  const port = await freePort();
  const folder = join(work, `crowsnest-${round}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'crowsnest.yaml'), `receivers: [{name: hook, webhook_configs: [{url: '${hook}', send_resolved: false}]}]\nroute: {receiver: hook, group_by: ['...'], group_wait: 0s}\n`);
  const child = begin(program, ['up', '--listen', `127.0.0.1:${port}`, '--data', join(folder, 'data')], folder);
  await until(async () => (await ask(port, 'GET', '/-/ready')) === 200);
  return {
    name: 'crowsnest', child, port, batch: Number(many), path: '/api/v1/events', type: 'application/x-ndjson',
    body: (names) => names.map((name) => JSON.stringify(failure(name))).join('\n') + '\n',
  };
}

async function alertmanager(round) {
  const port = await freePort();
  const folder = join(work, `alertmanager-${round}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'am.yml'), `route: {receiver: sink, group_by: ['...'], group_wait: 0s, group_interval: 5m, repeat_interval: 4h}\nreceivers: [{name: sink, webhook_configs: [{url: '${hook}', send_resolved: false, max_alerts: 0}]}]\n`);
  const child = begin('/usr/bin/prometheus-alertmanager', [`--config.file=${join(folder, 'am.yml')}`, `--storage.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address=', '--log.level=error'], folder);
  await until(async () => (await ask(port, 'GET', '/-/ready')) === 200);
  return {
    name: 'alertmanager', child, port, batch: 200, path: '/api/v2/alerts', type: 'application/json',
    body: (names) => JSON.stringify(names.map((name) => ({ labels: { alertname: 'task-failed', cluster: 'prod', service: name }, annotations: { summary: 'Essential container in task exited' } }))),
  };
}

function failure(name) {
  const [now, arn] = [new Date().toISOString(), 'arn:aws:ecs:eu-west-1:123456789012'];
  return {
    version: '0', id: name, 'detail-type': 'ECS Task State Change', source: 'aws.ecs', account: '123456789012', time: now, region: 'eu-west-1', resources: [`${arn}:task/prod/${name}`],
    detail: {
      clusterArn: `${arn}:cluster/prod`, taskArn: `${arn}:task/prod/${name}`, taskDefinitionArn: `${arn}:task-definition/${name}:1`, group: `service:${name}`, startedBy: 'ecs-svc/1', launchType: 'FARGATE',
      lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'app', lastStatus: 'STOPPED', exitCode: 1, image: 'app:1' }], stoppedAt: now, updatedAt: now, version: 5,
    },
  };
}

// Sends, and waits until all of it has arrived.
async function told(peer, names, sent = () => {}) {
  const all = new Promise((done, fail) => {
    const limit = setTimeout(() => fail(new Error(`${awaited.names.size} of ${names.length} did not arrive in time`)), 180_000);
    awaited = { names: new Set(names), done: () => { clearTimeout(limit); done(); } };
  });
  for (let i = 0; i < names.length; i += peer.batch) await send(peer, names.slice(i, i + peer.batch));
  sent();
  await all;
}

async function send(peer, names) {
  const status = await ask(peer.port, 'POST', peer.path, peer.body(names), peer.type);
  if (status !== 200 && status !== 202) throw new Error(`${peer.name} answered ${status}`);
}

function ask(port, method, path, body, type) {
  return new Promise((done) => {
    const asked = request({ host: '127.0.0.1', port, method, path, agent, headers: body === undefined ? {} : { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) } }, (answer) => {
      answer.resume();
      answer.on('end', () => done(answer.statusCode));
    });
    asked.on('error', () => done(0));
    asked.end(body);
  });
}

function begin(command, words, folder) {
  const child = spawn(command, words, { cwd: folder, stdio: 'ignore' });
  running.add(child);
  return child;
}

function peak(peer) {
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${peer.child.pid}/status`, 'utf8'))[1]) / 1024);
}

async function until(holds, longest = 30_000) {
  const end = performance.now() + longest;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not come to that in time');
    await new Promise((done) => setTimeout(done, 20));
  }
}

function freePort() {
  return new Promise((done) => {
    const probe = createSocket();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}
