import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lintCommand } from '../../cli/commands/lint.ts';
import { jsonFault } from '../../cli/lint/jsonFault.ts';
import { LintErrors } from '../../cli/lint/lintErrors.ts';
import { runCli } from '../../cli/runCli.ts';
import { image, imageStream } from '../../domain/windows/image.ts';
import { Digest } from '../../events/ids.ts';
import { cleanTask, container } from '../domain/windows/lint/cleanTaskDefinition.ts';
import { commandLine, now } from './commandLine.ts';
import { dockerfileOfFive, taskDefinitionOfTen } from './lintSamples.ts';

let folder: string;
let line: ReturnType<typeof commandLine>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tuesday-lint-'));
  line = commandLine(lintCommand);
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string | object): string => {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

/** What was printed, with the folder of this run taken out, and whether there were errors. */
const lint = async (...words: readonly string[]) => {
  const failed = await line.run('lint', ...words).then(
    () => false,
    (error: unknown) => {
      if (error instanceof LintErrors) return true;
      throw error;
    },
  );
  return { failed, text: line.printed().join('\n').replaceAll(`${folder}/`, '') };
};

const imageOf = (json: object) =>
  (json as { containerDefinitions: { image: string }[] }).containerDefinitions[0]?.image ?? '';

describe('tuesday lint', () => {
  it('tells everything about a task definition with ten faults at once', async () => {
    const { failed, text } = await lint(write('orders.json', taskDefinitionOfTen));
    expect(failed).toBe(true);
    await expect(`${text}\n`).toMatchFileSnapshot('golden/lintTaskDefinition.txt');
  });

  it('tells everything about a Dockerfile with five faults at once', async () => {
    const { failed, text } = await lint(write('Dockerfile', dockerfileOfFive));
    expect(failed).toBe(true);
    await expect(`${text}\n`).toMatchFileSnapshot('golden/lintDockerfile.txt');
  });

  it('says so in one line where there is nothing to say, and is no failure', async () => {
    expect(await lint(write('orders.json', cleanTask))).toEqual({
      failed: false,
      text: 'orders.json (task definition): no findings',
    });
  });

  it('fails with errors alone, printed or not', async () => {
    const doubtful = write('doubtful.json', container({ stopTimeout: 0 }));
    expect((await lint(doubtful)).failed).toBe(false);
    const wrong = write('wrong.json', container({ cpu: 0, stopTimeout: 0 }));
    const { failed, text } = await lint(wrong, '--severity', 'error');
    expect(failed).toBe(true);
    expect(text).toContain('cpu-unset');
    expect(text).not.toContain('stop-timeout-short');
  });

  it('prints one finding a line with --json', async () => {
    const { text } = await lint(write('orders.json', container({ cpu: 0 })), '--json');
    expect(JSON.parse(text)).toMatchObject({
      file: 'orders.json',
      rule: 'cpu-unset',
      severity: 'error',
      path: 'containerDefinitions[0].cpu',
    });
  });

  it('takes several files, of both kinds', async () => {
    const { text } = await lint(
      write('orders.json', cleanTask),
      write('web.dockerfile', 'FROM mcr.microsoft.com/windows/servercore'),
    );
    expect(text).toContain('orders.json (task definition): no findings');
    expect(text).toContain('web.dockerfile (Dockerfile): 1 finding: 1 error');
  });

  it('knows the Windows of an image from an option', async () => {
    const file = write('orders.json', container({ image: `orders@sha256:${'4f'.repeat(32)}` }));
    expect((await lint(file)).text).toContain('image-windows-unknown');
    const { failed, text } = await lint(file, '--image-os-version', '10.0.26100.33438');
    expect(failed).toBe(true);
    expect(text).toContain('built on 10.0.26100.33438, to run on WINDOWS_SERVER_2022_CORE');
  });

  it('asks a record that is named, and says which image is not in it', async () => {
    const digest = Digest.parse(`sha256:${'ab'.repeat(32)}`);
    const json = container({ image: `registry/orders@${digest}` });
    const file = write('orders.json', json);
    const { text: unknown } = await lint(file, '--store', 'record.sqlite');
    expect(unknown).toContain(`not in the record: ${imageOf(json)} is judged by its name`);
    const config = { osVersion: '10.0.17763.8644', history: [], diffIds: [], layers: [] };
    const { position } = await line.store.load(imageStream(digest), image);
    await line.store.append(position, {
      commitId: 'inspected',
      at: now,
      events: [
        {
          type: 'ImageInspected',
          data: { digest, repository: 'registry/orders', ...config, inspectedAt: now },
        },
      ],
    });
    const { text } = await lint(file, '--store', 'record.sqlite');
    expect(text).toContain('built on 10.0.17763.8644, to run on WINDOWS_SERVER_2022_CORE');
  });

  it('counts foreign layers in a manifest', async () => {
    const mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
    const manifest = write('manifest.json', { layers: [{ mediaType, urls: ['https://mcr'] }, {}] });
    const { text } = await lint(write('orders.json', cleanTask), '--manifest', manifest);
    expect(text).toContain('image-foreign-layers: 1 foreign layer');
  });

  it('weighs the task against the memory of an instance', async () => {
    const file = write('orders.json', cleanTask);
    expect((await lint(file, '--instance-memory', '4096')).failed).toBe(false);
    expect((await lint(file, '--instance-memory', '4095')).text).toContain('memory-above-instance');
  });

  it.each([
    ['orders.json', JSON.stringify(cleanTask), 0],
    ['orders.json', taskDefinitionOfTen, 1],
    ['orders.json', '{', 2],
  ])('ends with %s %j in exit code %i', async (name, content, code) => {
    const tools = {
      openStore: () => ({ ...line.store, close: () => {} }),
      now: () => now,
      out: () => {},
      err: () => {},
      isTerminal: false,
    };
    expect(await runCli(['lint', write(name, content)], tools)).toBe(code);
  });

  it('prints no character that a terminal would obey', async () => {
    const { text } = await lint(write('Dockerfile', 'FROM a\u001b[2J:latest'));
    expect(text).not.toContain('\u001b');
  });
});

describe('what cannot be linted is one sentence with a remedy', () => {
  it.each([
    ['a.json', '{\n  "family": "a",\n}', 'no JSON at line 3, column 1'],
    ['a.json', '{"workingDirectory": "C:\\app"}', 'expected there: two backslashes for one'],
    ['a.json', '[{"name": "web"}]', 'write {"containerDefinitions": [...]} around'],
    ['a.json', '7', 'is no JSON object'],
    ['a.json', '{"family": "a"}', 'has no field containerDefinitions'],
    ['a.json', '{"Resources": {}}', 'this is CloudFormation'],
    ['a.txt', 'hello', 'is neither JSON nor a Dockerfile'],
    ['a.txt', '', 'is empty'],
    ['a.txt', `FROM a${' '.repeat(262_144)}`, 'is larger than 256 KiB'],
  ])('%s: %j', async (name, content, said) => {
    expect(await line.slip('lint', write(name, content))).toContain(said);
  });

  it.each([
    [['--severity', 'fatal'], 'write info, warning or error'],
    [['--image-os-version', '2022'], 'such as 10.0.20348.4294'],
    [['--instance-memory', '16GB'], 'a whole number of MiB'],
    [['--manifest', 'missing.json'], 'there is no such file'],
  ])('%j', async (options, said) => {
    expect(await line.slip('lint', write('a.json', cleanTask), ...options)).toContain(said);
  });
});

describe('jsonFault', () => {
  it.each([
    ['{"a": 1,}', 1, 9],
    ['{"a" 1}', 1, 6],
    ['{"a": tru}', 1, 7],
    ['[1 2]', 1, 4],
    ['{"a": "b', 1, 7],
    ['{\n  "a": {\n', 3, 1],
    ['{} {}', 1, 4],
    ['{"a": "x\\\\y\\z"}', 1, 12],
    ['{"a"\r\n  : 01}', 2, 6],
  ])('%j at %i:%i', (text, atLine, column) => {
    expect(jsonFault(text)).toMatchObject({ line: atLine, column });
  });

  it('finds a place in every text that is no JSON', () => {
    const broken = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', '{', '}', ',', '"', '\\', ':', '\n', 'x'))
      .map(([json, at, put]) => {
        const cut = at % (json.length + 1);
        return json.slice(0, cut) + put + json.slice(cut + 1);
      })
      .filter((text) => !isJson(text));
    fc.assert(
      fc.property(broken, (text) => {
        const { line: atLine, column } = jsonFault(text);
        const lines = text.split(/\r\n|\n|\r/);
        expect(atLine).toBeLessThanOrEqual(lines.length);
        expect(column).toBeLessThanOrEqual((lines[atLine - 1]?.length ?? 0) + 1);
      }),
      { seed: 20261126, numRuns: 500 },
    );
  });
});

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
