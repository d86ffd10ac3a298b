// A queue of SQS into the shared store by 1, 2 and 4 workers, on the stand-in for AWS and the real OpenSearch, all on this machine: how it grows, and that nothing
// is lost when workers are ended in the middle. The stand-in gives and deletes one request at a time, so beside it stands what it can hand over at all.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const peers = join(root, '../shared/peers');
const program = join(root, 'artifacts/crowsnest/crowsnest');
const [file, some = '5000'] = process.argv.slice(2);
if (!file) {
  console.error('usage: bench queue EVENTS.ndjson [EVENTS]');
  process.exit(2);
}

if (!existsSync(join(peers, 'opensearch/start')) || !existsSync(join(peers, 'aws/start-ministack'))) {
  console.log('skipped: ../shared/peers is not there');
  process.exit(0);
}

const work = mkdtempSync(join(tmpdir(), 'crowsnest-queue-'));
const agent = new Agent({ keepAlive: true, maxSockets: 8 });
const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true });
});
const aws = `http://127.0.0.1:${await freePort()}`;
const environment = { ...process.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: aws };
try {
  const storePort = await freePort();
  const store = `http://127.0.0.1:${storePort}`;
  begin(join(peers, 'opensearch/start'), [String(storePort), '1', join(work, 'data')], 'server');
  begin(join(peers, 'aws/start-ministack'), [new URL(aws).port], 'aws');
  await until('the servers', async () => (await ask('GET', store)) && (await sqs('ListQueues', {})));
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean).slice(0, Number(some));

  const handed = await drainAlone(lines);
  say('the queue alone, emptied by 8 connections', lines.length, handed);
  await round(store, lines, 1, 'warm', 0);
  const alone = await round(store, lines, 1, 'one', 0);
  say('1 worker', lines.length, alone);
  for (const workers of [2, 4]) {
    const seconds = await round(store, lines, workers, `w${workers}`, 0);
    say(`${workers} workers`, lines.length, seconds, `  ${(alone / seconds).toFixed(2)} of one`);
  }
  await round(store, lines, 4, 'ended', 3);
  console.log('4 workers, three ended in the middle (SIGKILL) and started again: every event once');
} catch (broken) {
  console.error(String(broken.stack ?? broken));
  process.exit(1);
}
process.exit(0);

// From the workers' start to the last event in the store.
async function round(store, lines, workers, name, ended) {
  const queue = await fill(name, lines);
  const config = join(work, `${name}.yaml`);
  writeFileSync(config, `store: {kind: opensearch, url: '${store}', index_prefix: ${name}, replicas: 0}\nsources: {sqs: [{queue_url: '${queue}'}]}\nroute: {receiver: none}\nreceivers: [{name: none}]\n`);
  await finish(begin(program, ['opensearch', 'setup', '--config', config], `${name}-setup`));
  const began = performance.now();
  const children = [];
  for (let i = 0; i < workers; i++) children.push(await worker(config, `${name}-${i}`));
  let left = ended;
  await until(`the events of ${name}`, async () => {
    await ask('POST', `${store}/${name}-events-*/_refresh`);
    const { count } = JSON.parse(await ask('GET', `${store}/${name}-events-*/_count`));
    if (left > 0 && count > (lines.length * (ended - left + 1)) / (ended + 2)) {
      const old = children.shift();
      old.kill('SIGKILL');
      children.push(await worker(config, `${name}-again-${left--}`));
    }
    return count >= lines.length;
  });
  const seconds = (performance.now() - began) / 1000;
  await new Promise((later) => setTimeout(later, 500));
  await ask('POST', `${store}/${name}-events-*/_refresh`);
  const { count } = JSON.parse(await ask('GET', `${store}/${name}-events-*/_count`));
  if (count !== lines.length) throw new Error(`bench queue: the store has ${count} events of ${lines.length}`);
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map(finish));
  return seconds;
}

async function worker(config, name) {
  return begin(program, ['up', '--config', config, '--data', join(work, name), '--listen', `127.0.0.1:${await freePort()}`], name);
}

async function drainAlone(lines) {
  const queue = await fill('alone', lines);
  const began = performance.now();
  let taken = 0;
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (taken < lines.length) {
      const { Messages = [] } = await sqs('ReceiveMessage', { QueueUrl: queue, MaxNumberOfMessages: 10 });
      taken += Messages.length;
      if (Messages.length > 0) await sqs('DeleteMessageBatch', { QueueUrl: queue, Entries: Messages.map((one, i) => ({ Id: String(i), ReceiptHandle: one.ReceiptHandle })) });
    }
  }));
  return (performance.now() - began) / 1000;
}

async function fill(name, lines) {
  // What an ended worker had in its hands comes again after this.
  const { QueueUrl } = await sqs('CreateQueue', { QueueName: name, Attributes: { VisibilityTimeout: '15' } });
  for (let at = 0; at < lines.length; at += 10)
    await sqs('SendMessageBatch', { QueueUrl, Entries: lines.slice(at, at + 10).map((MessageBody, i) => ({ Id: String(i), MessageBody })) });
  return QueueUrl;
}

async function sqs(action, body) {
  return JSON.parse(await ask('POST', aws, JSON.stringify(body), {
    'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}`,
    authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/sqs/aws4_request, SignedHeaders=host, Signature=00',
  }));
}

function begin(command, args, name) {
  const log = openSync(join(work, `${name}.log`), 'w');
  const child = spawn(command, args, { stdio: ['ignore', log, log], env: environment, cwd: work });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

function finish(child) {
  return new Promise((ended) => (child.exitCode === null && child.signalCode === null ? child.once('exit', ended) : ended()));
}

async function until(what, isSo) {
  for (const began = performance.now(); performance.now() - began < 180_000; await new Promise((later) => setTimeout(later, 100))) {
    try {
      if (await isSo()) return;
    } catch {
      // Not there yet.
    }
  }
  throw new Error(`bench queue: ${what} did not come within three minutes`);
}

function ask(method, url, body, headers = {}) {
  return new Promise((done, broken) => {
    const asked = request(url, { method, agent, headers: body ? { ...headers, 'content-length': Buffer.byteLength(body) } : headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => (answer.statusCode < 400 ? done(Buffer.concat(parts).toString()) : broken(new Error(`${method} ${url}: ${answer.statusCode}`))));
      answer.on('error', broken);
    });
    asked.on('error', broken);
    asked.end(body);
  });
}

function freePort() {
  return new Promise((found) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });
}

function say(what, events, seconds, more = '') {
  console.log(`${what.padEnd(44)} ${(events / seconds).toFixed(0).padStart(6)} events/s${more}`);
}
