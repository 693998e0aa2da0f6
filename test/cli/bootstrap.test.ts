import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrapCommand } from '../../cli/commands/bootstrap.ts';
import { commandLine } from './commandLine.ts';

const line = commandLine(bootstrapCommand);
const bootstrap = async (...words: readonly string[]) =>
  `${(await line.run('bootstrap', ...words)).join('\n')}\n`;
const launchTemplate = ['--format', 'launch-template', '--region', 'eu-west-1'] as const;

describe('tuesday bootstrap', () => {
  it('prints user data, each line with its reason', async () => {
    const text = await bootstrap('--cluster', 'shop', '--pushes-to', 'registry.example:5000');
    await expect(text).toMatchFileSnapshot('golden/bootstrapUserData.txt');
  });

  it('prints the change of a launch template', async () => {
    const text = await bootstrap('--cluster', 'shop', ...launchTemplate);
    await expect(text).toMatchFileSnapshot('golden/bootstrapLaunchTemplate.txt');
  });

  it('prints what a container under NAT runs first', async () => {
    const text = await bootstrap('--cluster', 'shop', '--format', 'container-entrypoint');
    await expect(text).toMatchFileSnapshot('golden/bootstrapContainerEntrypoint.txt');
  });

  it('puts the same user data into the launch template, in base64', async () => {
    const plain = await bootstrap('--cluster', 'shop');
    const template = await bootstrap('--cluster', 'shop', ...launchTemplate);
    const data = /--launch-template-data '(.*)'/.exec(template)?.[1] ?? '';
    const script = Buffer.from(JSON.parse(data).UserData, 'base64').toString();
    expect(script.replaceAll('\r\n', '\n')).toBe(plain);
  });

  it('sets the attribute before the agent starts, because it is read once', async () => {
    const text = await bootstrap('--cluster', 'shop');
    const set = text.indexOf("SetEnvironmentVariable('ECS_INSTANCE_ATTRIBUTES'");
    expect(set).toBeGreaterThan(0);
    expect(text.indexOf('\nInitialize-ECSAgent')).toBeGreaterThan(set);
  });

  it('lets Docker alone unless it is asked to push', async () => {
    expect(await bootstrap('--cluster', 'shop')).not.toContain('daemon.json');
  });

  it('takes the id of the launch template', async () => {
    const words = ['--cluster', 'shop', ...launchTemplate, '--launch-template', 'lt-0123456789abc'];
    expect(await bootstrap(...words)).toContain('--launch-template-id lt-0123456789abc \\');
  });

  it.each([
    [['--format', 'yaml'], '--format yaml'],
    [['--format', 'launch-template'], '--region is missing'],
    [['--region', 'Europe'], '--region Europe'],
    [['--launch-template', 'mine'], '--launch-template mine'],
    [['--pushes-to', 'https://registry'], '--pushes-to https://registry'],
  ])('names what is wrong with %j', async (words, wrong) => {
    expect(await line.slip('bootstrap', '--cluster', 'shop', ...words)).toContain(wrong);
  });

  it('takes no cluster name that could end a quotation', async () => {
    const hostile = fc
      .string({ minLength: 1, unit: 'binary' })
      .filter((name) => !/^[A-Za-z0-9_-]+$/.test(name));
    const property = fc.asyncProperty(hostile, async (name) => {
      expect(await line.slip('bootstrap', `--cluster=${name}`)).toMatch(/^--cluster /);
    });
    await fc.assert(property);
  });
});
