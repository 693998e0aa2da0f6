#!/usr/bin/env node
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Instant } from '../events/ids.ts';
import { openSqliteEventStore } from '../infra/eventStore/sqliteEventStore.ts';
import { cloudClock } from '../infra/local/cloudClock.ts';
import { runCli } from './runCli.ts';
import type { CliTools } from './tools.ts';
import { UserError } from './userError.ts';

const wallClock = () => Date.now();
let clock = wallClock;

const openStore: CliTools['openStore'] = (file, { create, survives = 'machine' }) => {
  if (!create && !existsSync(file)) {
    throw new UserError(
      `--store ${file}: there is no such file`,
      'make one with `npm start`, `tuesday import` or `tuesday ingest`, or name another',
    );
  }
  mkdirSync(dirname(file), { recursive: true });
  const lived = cloudClock(file);
  if (lived !== undefined) clock = () => lived;
  return openSqliteEventStore(file, { survives });
};

// `tuesday events | head` closes the pipe when it has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await runCli(process.argv.slice(2), {
  openStore,
  now: () => Instant.parse(clock()),
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  isTerminal: process.stdout.isTTY === true,
});
