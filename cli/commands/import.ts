import type { Command } from 'commander';
import { Instant } from '../../events/ids.ts';
import { jsonTextsIn, readSourceFiles, type SourceFile } from '../documents.ts';
import { exportCommands } from '../importing/exportCommands.ts';
import type { Finding } from '../importing/findings.ts';
import { recognise } from '../importing/recognise.ts';
import { type Taken, takeAll } from '../importing/take.ts';
import { printable } from '../printable.ts';
import { count } from '../text.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = {
  readonly store: string;
  readonly json?: boolean;
  readonly commands?: boolean;
  readonly cluster?: string;
  readonly digest?: string;
  readonly repository?: string;
};

/**
 * `tuesday import`: what the AWS CLI, docker or crane print about a cluster that Tuesday cannot see
 * itself.
 */
export const importCommand = (program: Command, tools: CliTools): void => {
  program
    .command('import [file...]')
    .description(
      'take in what `aws ecs describe-*`, `aws ec2 describe-images`, docker or crane print',
    )
    .option('--commands', 'print what to run to export a cluster, and do nothing else')
    .option('--cluster <name>', 'the cluster of what does not say where it belongs')
    .option('--digest <sha256:...>', 'the image that a config from `crane config` belongs to')
    .option('--repository <host/path>', 'the repository of that image')
    .action(async (files: readonly string[], _options, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      if (options.commands) {
        for (const line of exportCommands(clusterAsked(options.cluster))) tools.out(line);
        return;
      }
      await importFiles(files, options, tools);
    });
};

/** By the rule of ECS for names: it goes into a shell line. */
const clusterAsked = (name = 'default'): string => {
  if (/^[A-Za-z0-9_-]{1,255}$/.test(name)) return name;
  throw new UserError(`--cluster ${name}`, 'a cluster is named by letters, digits, - and _');
};

const importFiles = async (files: readonly string[], options: Options, tools: CliTools) => {
  if (files.length === 0) {
    throw new UserError('no file is given', 'run `tuesday import --commands` for how to get some');
  }
  if (options.cluster !== undefined) clusterAsked(options.cluster);
  const now = tools.now();
  const found = readSourceFiles(files).map((source) => ({
    file: source.file,
    findings: findingsIn(source, options, now),
  }));
  const store = tools.openStore(options.store, { create: true });
  try {
    const all = found.flatMap(({ findings }) => findings);
    const taken = await takeAll({ store, now }, all, options.cluster);
    const results = new Map(taken.map((each) => [each.finding, each]));
    for (const { file, findings } of found) {
      const ofFile = findings.flatMap((finding) => results.get(finding) ?? []);
      const lines = options.json
        ? ofFile.map((each) => recordOf(file, each))
        : linesOf(file, ofFile);
      for (const line of lines) tools.out(line);
    }
  } finally {
    store.close();
  }
};

const findingsIn = (
  { file, text, writtenAtMs }: SourceFile,
  { digest, repository }: Options,
  now: Instant,
): readonly Finding[] => {
  const describedAt = Instant.parse(Math.max(0, Math.min(writtenAtMs, now)));
  const facts = { file, digest, repository, describedAt };
  return jsonTextsIn(text).flatMap((each) => recognise(each, facts));
};

const recordOf = (file: string, { finding, outcome, reason, detail }: Taken) => {
  const why = { reason: reason ?? null, detail: detail ?? null };
  return JSON.stringify({ file, kind: finding.what, name: finding.name, outcome, ...why });
};

/** One line a file with the counts, then one line for everything that was left out. */
const linesOf = (file: string, taken: readonly Taken[]): readonly string[] => {
  const of = (outcome: Taken['outcome']) => taken.filter((each) => each.outcome === outcome);
  const kinds = [...Map.groupBy(of('taken'), ({ finding }) => finding.what)].map(([what, alike]) =>
    count(alike.length, what),
  );
  const known = of('known').length;
  const left = of('left');
  const parts = [
    kinds.length === 0 ? 'nothing new' : `took ${kinds.join(', ')}`,
    ...(known === 0 ? [] : [`${known} known already`]),
    ...(left.length === 0 ? [] : [`${left.length} left out`]),
  ];
  return [
    `${file}: ${parts.join('; ')}`,
    ...left.map(
      ({ finding, reason, detail = '' }) =>
        `  ${printable(finding.name)}: ${reason}: ${printable(detail)}`,
    ),
  ];
};
