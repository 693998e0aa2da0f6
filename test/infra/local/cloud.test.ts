import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openCloud } from '../../../infra/local/cloud.ts';
import { scenario, seed, step } from './liveCloud.ts';

const directory = mkdtempSync(join(tmpdir(), 'tuesday-cloud-'));
afterAll(() => rmSync(directory, { recursive: true }));

const open = (name: string) => openCloud({ file: join(directory, name), scenario, seed });

/**
 * Runs inputs from `from` on in another process, kills it after `count` of them, returns the last
 * one it spoke of.
 */
const killedAfter = (name: string, from: number, count: number): Promise<number> =>
  new Promise((resolve) => {
    const program = join(import.meta.dirname, 'liveCloud.ts');
    const child = spawn(process.execPath, [program, join(directory, name), String(from)]);
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.split('\n').length > count) child.kill('SIGKILL');
    });
    child.on('exit', () => resolve(Number(said.trimEnd().split('\n').at(-1))));
  });

describe('a cloud that is killed', () => {
  test.each([1, 40, 333, 2100])(
    'after %i inputs or more is found again as it was',
    async (count) => {
      const name = `killed-${count}.sqlite`;
      const last = await killedAfter(name, 0, count);
      expect(last).toBeGreaterThanOrEqual(count - 1);
      const found = open(name);
      const reference = open(`reference-${count}.sqlite`);
      for (let number = 0; number <= last; number++) step(reference, number);
      // The input after the last one spoken of may have been written too.
      if (JSON.stringify(found.world) !== JSON.stringify(reference.world)) {
        step(reference, last + 1);
      }
      expect(JSON.stringify(found.world) === JSON.stringify(reference.world)).toBe(true);
      found.close();
      reference.close();
    },
    30_000,
  );

  test('and opened again goes on as if nothing had been', () => {
    const whole = open('whole.sqlite');
    for (let number = 0; number < 300; number++) step(whole, number);
    for (let number = 0; number < 300; number++) {
      if (number % 60 !== 0) continue;
      const part = open('parts.sqlite');
      for (let next = number; next < number + 60; next++) step(part, next);
      part.close();
    }
    const last = open('parts.sqlite');
    expect(JSON.stringify(last.world) === JSON.stringify(whole.world)).toBe(true);
    expect(last.now()).toBe(whole.now());
    whole.close();
    last.close();
  });
});

describe('opening a cloud', () => {
  test('refuses the file of another seed', () => {
    open('other.sqlite').close();
    const file = join(directory, 'other.sqlite');
    expect(() => openCloud({ file, scenario, seed: 12 })).toThrow(/random-11#11/);
  });

  test('hands out events until they are acknowledged', () => {
    const cloud = open('events.sqlite');
    const { clusterName: cluster, services } = cloud.world;
    const [service] = Object.keys(services);
    cloud.call('ecs', 'UpdateService', { cluster, service, forceNewDeployment: true });
    cloud.advance(cloud.now() + 600_000);
    const [first, second] = cloud.pendingEvents(2);
    expect(first).toBeDefined();
    cloud.acknowledge(first?.sequence ?? 0);
    expect(cloud.pendingEvents(1)).toEqual([second]);
    cloud.close();
  });
});
