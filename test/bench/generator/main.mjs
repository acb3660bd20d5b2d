// The load generator of the benchmark, a process of its own: runs the loads that its parent names, one after another.
import { openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Epoll } from './calls.mjs';
import { IdleSession, LoginSession, NoopSession, TransferSession } from './session.mjs';

/** Loads end by this, whatever the server does. */
const ANSWER_LIMIT_MS = 30_000;

/**
 * @param load { kind: 'transfer' | 'login', server, login, sessions, seconds, warmupSeconds, … } as of TransferSession
 * @returns what happened between the end of the warm-up and the end; `perSecond` by whole seconds
 */
function run(load) {
  const epoll = new Epoll();
  const durationsMs = [];
  const perSecond = [];
  const failures = [];
  let doneInAll = 0;
  let moved = 0;
  let movedInAll = 0;
  let countFromMs = Number.POSITIVE_INFINITY;
  let lastDoneMs = performance.now();
  const onDone = (durationMs) => {
    doneInAll++;
    lastDoneMs = performance.now();
    if (lastDoneMs < countFromMs) return;
    durationsMs.push(durationMs);
    const second = Math.floor((lastDoneMs - countFromMs) / 1000);
    perSecond[second] = (perSecond[second] ?? 0) + 1;
  };
  const onBytes = (bytes) => {
    lastDoneMs = performance.now();
    movedInAll += bytes;
    if (lastDoneMs >= countFromMs) moved += bytes;
  };
  const onFailed = (line) => {
    failures.push(line);
    if (failures.length > 10_000) throw new Error(`too many failures: ${line}`);
  };
  const sessions = Array.from({ length: load.sessions }, (_, index) => {
    const command = load.command?.replace('SESSION', String(index));
    const one = { ...load, command, localAddress: addressOf(index) };
    return load.kind === 'login'
      ? new LoginSession(epoll, one, onDone)
      : new TransferSession(epoll, one, { onDone, onFailed, onBytes });
  });
  const noop = new NoopSession(epoll, { ...load, localAddress: '127.0.0.1' });
  const cpuBefore = process.cpuUsage();
  const beganMs = performance.now();
  countFromMs = beganMs + load.warmupSeconds * 1000;
  const endMs = countFromMs + load.seconds * 1000;
  try {
    for (let nowMs = beganMs; nowMs < endMs; nowMs = performance.now()) {
      noop.turn(nowMs);
      epoll.turn(10);
      if (nowMs - lastDoneMs > ANSWER_LIMIT_MS) throw new Error('nothing was done for 30 s');
    }
  } finally {
    for (const session of [...sessions, noop]) session.close();
    epoll.close();
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  const sizeBytes = load.bytes ?? load.expectedBytes ?? 0;
  const large = sizeBytes > LARGE_BYTES;
  const inAll = large ? movedInAll / sizeBytes : doneInAll;
  durationsMs.sort((a, b) => a - b);
  const quantile = (q) => durationsMs[Math.min(Math.floor(q * durationsMs.length), durationsMs.length - 1)];
  return {
    done: durationsMs.length,
    doneInAll: inAll,
    perSecond: perSecond.slice(0, Math.floor(load.seconds)),
    failures: failures.length,
    firstFailure: failures[0],
    rate: (large ? moved / sizeBytes : durationsMs.length) / load.seconds,
    medianMs: quantile(0.5),
    p99Ms: quantile(0.99),
    worstNoopMs: noop.worstMs,
    generatorCpuMs: (user + system) / 1000 / inAll,
  };
}

/** Each session has an address of its own: TIME_WAIT of one is no matter of another's. */
function addressOf(index) {
  return `127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`;
}

const files = new Map();

/** What is uploaded, in memory: made once for each size. */
function fileOf(bytes) {
  if (!files.has(bytes)) {
    const path = join(process.env.PORT20_BENCH_FOLDER ?? tmpdir(), `upload-${bytes}`);
    writeFileSync(path, Buffer.alloc(bytes, 'port20\n'));
    files.set(bytes, openSync(path));
  }
  return files.get(bytes);
}

/** A few of these are done in a second: their bytes are counted, and what was begun counts in part. */
const LARGE_BYTES = 1024 * 1024;

let idle;

/** Logs in so many sessions, which stay until `end`. */
function openIdle(load) {
  const epoll = new Epoll();
  const sessions = [];
  let ready = 0;
  const deadlineMs = performance.now() + ANSWER_LIMIT_MS + load.sessions * 10;
  while (ready < load.sessions) {
    // Some at a time: a backlog is not what is measured.
    while (sessions.length < Math.min(load.sessions, ready + 50)) {
      const one = { ...load, localAddress: addressOf(sessions.length) };
      sessions.push(new IdleSession(epoll, one, () => ready++));
    }
    epoll.turn(10);
    if (performance.now() > deadlineMs)
      throw new Error(`${ready} of ${load.sessions} sessions are logged in`);
  }
  idle = () => {
    for (const session of sessions) session.close();
    epoll.close();
  };
  return {};
}

function endIdle() {
  idle();
  return {};
}

const kinds = { idle: openIdle, end: endIdle, transfer: run, login: run };

process.on('message', (load) => {
  try {
    const ready = load.bytes === undefined ? load : { ...load, file: fileOf(load.bytes) };
    process.send({ result: kinds[load.kind](ready) });
  } catch (error) {
    process.send({ error: error.message });
  }
});
