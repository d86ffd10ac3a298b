// The function as Lambda runs it, on a Runtime API of our own and the real OpenSearch: from the start of the process to the first event stored, and a warm
// batch of ten. Requests to the store go through a proxy here, so that the server's own time can be told apart. Where ../shared/bench/setup.sh has put the
// peers, the blog's function in Python stands beside it.
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const peers = process.env.PEERS ?? join(tmpdir(), 'crowsnest-peers');
const start = join(root, '../shared/peers/opensearch/start');
const onwards = new Agent({ keepAlive: true });
const [starts, batches] = [Number(process.argv[2] ?? 10), 100];
if (!(starts >= 1)) fail('usage: bench function [STARTS]', 2);
if (!existsSync(start)) {
  console.log('skipped: ../shared/peers/opensearch/start is not there');
  process.exit(0);
}

const work = mkdtempSync(join(tmpdir(), 'crowsnest-function-'));
const port = await freePort();
const server = spawn(start, [String(port), '1', join(work, 'data')], { stdio: ['ignore', openSync(join(work, 'server.log'), 'w'), 'ignore'] });
process.on('exit', () => {
  server.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true });
});
const api = { next: null, waiting: null, done: null };
let [spans, proxy, runtime] = [[], null, null];
try {
  // It writes to a file only: Java opens /dev/stdout anew, which a pipe of Node's is not for.
  while (!readFileSync(join(work, 'server.log'), 'utf8').includes('ready:')) {
    if (server.exitCode !== null) fail('OpenSearch does not start here', 1);
    await new Promise((later) => setTimeout(later, 200));
  }
  run('./crowsnest', ['lambda', 'package', '--out', join(work, 'fn.zip')]);
  run('python3', ['-m', 'zipfile', '-e', join(work, 'fn.zip'), join(work, 'fn')]);
  chmodSync(join(work, 'fn/bootstrap'), 0o755);
  proxy = await listen(forward);
  runtime = await listen(serveRuntime);

  const [cold, coldOurs, warm, warmOurs] = [[], [], [], []];
  for (let i = 0; i <= starts; i++) {
    const first = await oneStart(i === starts ? batches : 0, warm, warmOurs);

    // The very first makes indices that are there from then on.
    if (i === 0) continue;
    cold.push(first.total);
    coldOurs.push(first.ours);
  }

  show(`start of the process to the first event stored, ${starts} starts`, cold);
  show('  of it without the server', coldOurs);
  show(`warm batch of 10, ${batches} batches`, warm);
  show('  of it without the server', warmOurs);
  const python = peer();
  if (python) show("  the blog's function in Python, start to the first document (its own sink)", python);
  else console.log("  the blog's function in Python: not measured, since ../shared/bench/setup.sh has put no peers into $PEERS");
} catch (broken) {
  fail(String(broken.stack ?? broken), 1);
}
process.exit(0);

async function oneStart(more, warm, warmOurs) {
  const began = performance.now();
  const child = spawn(join(work, 'fn/bootstrap'), {
    cwd: join(work, 'fn'), stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${runtime.address().port}`, AWS_LAMBDA_FUNCTION_NAME: 'bench', AWS_REGION: 'eu-west-1',
      CROWSNEST_CONFIG_YAML: `store: {kind: opensearch, url: 'http://127.0.0.1:${proxy.address().port}', index_prefix: bench, replicas: 0}`,
    },
  });
  const first = await call(1, began);
  for (let i = 0; i < more; i++) {
    const one = await call(10, performance.now());
    warm.push(one.total);
    warmOurs.push(one.ours);
  }
  child.kill('SIGKILL');
  await new Promise((ended) => child.on('exit', ended));
  api.waiting = null;
  return first;
}

// Hands an invocation over and waits for its answer; the time since `began`, and what of it no request to the store was under way.
async function call(messages, began) {
  spans = [];
  const body = JSON.stringify({ Records: Array.from({ length: messages }, message) });
  const answer = await new Promise((done) => {
    api.done = done;
    api.next = body;
    handOver();
  });
  const ended = performance.now();
  if (answer !== '{"batchItemFailures":[]}') fail(`the function answered ${answer}`, 1);
  let [busy, until] = [0, began];
  for (const [from, to] of spans.sort((a, b) => a[0] - b[0])) {
    busy += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return { total: ended - began, ours: ended - began - busy };
}

function handOver() {
  if (!api.waiting || !api.next) return;
  const [answer, body] = [api.waiting, api.next];
  [api.waiting, api.next] = [null, null];
  answer.writeHead(200, {
    'Lambda-Runtime-Aws-Request-Id': randomUUID(), 'Lambda-Runtime-Deadline-Ms': String(Date.now() + 60_000), 'Content-Type': 'application/json',
    'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:eu-west-1:123456789012:function:bench',
  });
  answer.end(body);
}

function serveRuntime(asked, answer) {
  if (asked.url.endsWith('/invocation/next')) {
    api.waiting = answer;
    handOver();
    return;
  }
  const parts = [];
  asked.on('data', (part) => parts.push(part));
  asked.on('end', () => {
    answer.writeHead(202).end();
    api.done?.(Buffer.concat(parts).toString());
  });
}

function message() {
  const task = randomUUID().replaceAll('-', '');
  const arn = `arn:aws:ecs:eu-west-1:123456789012:task/shop/${task}`;
  return {
    messageId: randomUUID(), receiptHandle: 'r', eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:bench', awsRegion: 'eu-west-1',
    attributes: { SentTimestamp: String(Date.now()) }, messageAttributes: {},
    body: JSON.stringify({
      version: '0', id: randomUUID(), 'detail-type': 'ECS Task State Change', source: 'aws.ecs', account: '123456789012', time: new Date().toISOString(), region: 'eu-west-1', resources: [arn],
      detail: { clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop', taskArn: arn, group: 'service:web', lastStatus: 'RUNNING', desiredStatus: 'RUNNING', version: 2, containers: [{ name: 'app', lastStatus: 'RUNNING', image: 'app:1' }] },
    }),
  };
}

function forward(asked, answer) {
  const from = performance.now();
  const onward = request({ host: '127.0.0.1', port, method: asked.method, path: asked.url, headers: asked.headers, agent: onwards }, (got) => {
    answer.writeHead(got.statusCode, got.headers);
    got.pipe(answer);
    answer.on('finish', () => spans.push([from, performance.now()]));
  });
  onward.on('error', () => answer.destroy());
  asked.pipe(onward);
}

// Its own measure: process start to the first document that the sink has counted.
function peer() {
  const script = join(root, '../shared/bench/lambda_port.py');
  if (!existsSync(join(peers, 'sink')) || !existsSync(join(peers, 'data/e3k.ndjson'))) return null;
  const sink = spawn(join(peers, 'sink'), ['19291'], { stdio: 'ignore' });
  try {
    const times = [];
    for (let i = 0; i < starts; i++) {
      const ran = spawnSync('/usr/bin/python3', [script, 'kind', join(peers, 'data/e3k.ndjson'), '19291', '1'], { encoding: 'utf8', env: { ...process.env, SPAWNED_AT: String(Date.now() / 1000), PYTHONPATH: join(peers, 'root/usr/lib/python3/dist-packages') } });
      const found = /"?cold_ms"?[:= ]+([\d.]+)/.exec(ran.stdout);
      if (!found) fail(`the Python function said: ${ran.stdout}${ran.stderr}`, 1);
      times.push(Number(found[1]));
    }
    return times;
  } finally {
    sink.kill('SIGKILL');
  }
}

function listen(handler) {
  return new Promise((ready) => {
    const made = createServer(handler).listen(0, '127.0.0.1', () => ready(made));
    made.keepAliveTimeout = 60_000;
  });
}

async function freePort() {
  const made = await listen(() => {});
  const { port: free } = made.address();
  await new Promise((closed) => made.close(closed));
  return free;
}

function run(command, args) {
  const ran = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (ran.status !== 0) fail(`${command} ${args.join(' ')}:\n${ran.stdout}${ran.stderr}`, 1);
}

function show(what, times) {
  const sorted = [...times].sort((a, b) => a - b);
  console.log(`${what}: ${sorted[Math.floor(sorted.length / 2)].toFixed(1)} ms in the middle [${sorted[0].toFixed(1)}..${sorted.at(-1).toFixed(1)}]`);
}

function fail(words, code) {
  console.error(words);
  process.exit(code);
}
