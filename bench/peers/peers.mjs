// What a user would run instead, beside `ingest`, in the same rounds: log shippers that look inside an event and apply the blog's rule, into a sink that
// only counts. Ours decodes, diagnoses, folds states, indexes every field and keeps it all on this disk, so the ratio is a lower bound of like for like.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const suite = join(root, '../shared/bench/bench.py');
const peers = process.env.PEERS ?? join(tmpdir(), 'crowsnest-peers');
const rounds = Number(process.argv[2] ?? 3);
const cases = ['rsyslog-json', 'syslog-ng-json', ...(existsSync(join(peers, 'fluent-bit')) ? ['fluent-bit'] : [])];

if (!(rounds >= 1)) fail('usage: bench peers [ROUNDS]', 2);
for (const needed of [suite, join(peers, 'sink'), join(peers, 'data/e200k.ndjson')]) {
  if (!existsSync(needed)) {
    console.log(`skipped: ${needed} is not there; ../shared/bench/setup.sh unpacks the peers into $PEERS.`);
    process.exit(0);
  }
}

const events = 200_000;
const rates = new Map();
for (let round = 0; round < rounds; round++) {
  for (const name of cases) note(name, peer(name));
  note('crowsnest ingest', ours());
}

const fastest = Math.max(...cases.map((name) => middle(rates.get(name))));
for (const [name, all] of rates) {
  const of = all.map((rate) => Math.round(rate / 100) / 10);
  console.log(`${name.padEnd(18)} ${(middle(all) / 1000).toFixed(1).padStart(6)}k events/s in the middle [${Math.min(...of)}k..${Math.max(...of)}k]  ${(middle(all) / fastest).toFixed(2)} of the fastest peer`);
}

function peer(name) {
  const work = mkdtempSync(join(tmpdir(), 'crowsnest-peer-'));
  const out = join(work, 'rows.jsonl');
  const run = spawnSync('/usr/bin/python3', [suite, '--rounds', '1', '--cases', name, '--patience', '5', '--out', out], { env: { ...process.env, PEERS: peers }, encoding: 'utf8' });
  const row = existsSync(out) ? JSON.parse(readFileSync(out, 'utf8')) : null;
  rmSync(work, { recursive: true });
  if (!row?.ok) fail(`${name} did not deliver everything:\n${run.stdout}${run.stderr}`, 1);
  return row.ev_s;
}

function ours() {
  const data = mkdtempSync(join(tmpdir(), 'crowsnest-bench-'));
  const began = process.hrtime.bigint();
  const run = spawnSync(join(root, 'crowsnest'), ['ingest', join(peers, 'data/e200k.ndjson'), '--data', data, '-o', 'json'], { encoding: 'utf8' });
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  rmSync(data, { recursive: true });
  if (run.status !== 0 || !run.stdout.includes(`"stored": ${events}`)) fail(`ingest did not store everything:\n${run.stdout}${run.stderr}`, 1);
  return events / seconds;
}

function note(name, rate) {
  rates.set(name, [...(rates.get(name) ?? []), rate]);
  console.log(`${name} ${Math.round(rate)} events/s`);
}

function middle(all) {
  const sorted = [...all].sort((x, y) => x - y);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

function fail(message, code) {
  console.error(message);
  process.exit(code);
}
