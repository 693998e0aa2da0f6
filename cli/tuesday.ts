#!/usr/bin/env node
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Instant } from '../events/ids.ts';
import { openSqliteEventStore } from '../infra/eventStore/sqliteEventStore.ts';
import { runCli } from './runCli.ts';
import type { CliTools } from './tools.ts';
import { UserError } from './userError.ts';

const openStore: CliTools['openStore'] = (file, { create }) => {
  if (!create && !existsSync(file)) {
    throw new UserError(
      `--store ${file}: there is no such file`,
      'make one with `npm start`, `tuesday import` or `tuesday ingest`, or name another',
    );
  }
  mkdirSync(dirname(file), { recursive: true });
  return openSqliteEventStore(file);
};

process.exitCode = await runCli(process.argv.slice(2), {
  openStore,
  now: () => Instant.parse(Date.now()),
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  isTerminal: process.stdout.isTTY === true,
});
