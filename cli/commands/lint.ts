import type { Command } from 'commander';
import { lintDockerfile } from '../../domain/windows/lint/dockerfile/lintDockerfile.ts';
import type {
  DockerfileFinding,
  Severity,
  TaskDefinitionFinding,
} from '../../domain/windows/lint/finding.ts';
import type { ImageFacts } from '../../domain/windows/lint/imageFacts.ts';
import { imagesIn, recordedFacts } from '../../domain/windows/lint/recordedFacts.ts';
import type { Json } from '../../domain/windows/lint/taskDefinition/document.ts';
import { lintTaskDefinition } from '../../domain/windows/lint/taskDefinition/lintTaskDefinition.ts';
import { readViews } from '../../infra/views/views.ts';
import { readSourceFiles } from '../documents.ts';
import { findingLines } from '../lint/findingLines.ts';
import { foreignLayersIn, osVersionAsked } from '../lint/imageFacts.ts';
import { LintErrors } from '../lint/lintErrors.ts';
import { type LintDocument, readDocument } from '../lint/readDocument.ts';
import { printable } from '../printable.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = {
  readonly store: string;
  readonly json?: boolean;
  readonly imageOsVersion?: string;
  readonly manifest?: string;
  readonly instanceMemory?: string;
  readonly severity: string;
};

const severities: readonly Severity[] = ['info', 'warning', 'error'];

/** `tuesday lint`: what is wrong with task definitions and Dockerfiles for Windows, all at once. */
export const lintCommand = (program: Command, tools: CliTools): void => {
  program
    .command('lint <file...>')
    .description('what is wrong with a task definition (JSON) or a Dockerfile for Windows')
    .option('--severity <least>', 'print no findings below it: info, warning or error', 'info')
    .option('--image-os-version <build>', 'what the images are built on, such as 10.0.20348.4294')
    .option('--manifest <file>', 'the image, as `crane manifest` prints it, to find foreign layers')
    .option('--instance-memory <MiB>', 'what an instance has, to see whether the task fits')
    .addHelpText(
      'after',
      '\nA --store that is named is asked for the Windows of each image.\n' +
        'Exit code: 0, or 1 with errors, or 2 where a file cannot be read.',
    )
    .action(async (files: readonly string[], _options, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const isNamed = command.getOptionValueSourceWithGlobals('store') === 'cli';
      await lintFiles(files, { ...options, asksStore: isNamed }, tools);
    });
};

type Asked = Options & { readonly asksStore: boolean };

const lintFiles = async (files: readonly string[], options: Asked, tools: CliTools) => {
  const least = severities.indexOf(options.severity as Severity);
  if (least === -1) {
    throw new UserError(`--severity ${options.severity}`, 'write info, warning or error');
  }
  // Everything is read before anything is printed, as with import.
  const documents = readSourceFiles(files).map((source) => ({
    source,
    document: readDocument(source),
  }));
  const facts = await imageFacts(
    documents.map(({ document }) => document),
    options,
    tools,
  );
  const instanceMemoryMiB = memoryAsked(options.instanceMemory);
  let errors = 0;
  for (const [index, { source, document }] of documents.entries()) {
    const context = { now: tools.now(), images: facts, ...instanceMemoryMiB };
    const all = lint(document, context);
    const findings = all.filter(({ severity }) => severities.indexOf(severity) >= least);
    errors += all.filter(({ severity }) => severity === 'error').length;
    if (!options.json && index > 0) tools.out('');
    const lines = options.json
      ? findings.map((finding) => JSON.stringify({ file: source.file, ...finding }))
      : findingLines(source.file, document.kind, findings, source.text);
    for (const line of lines) tools.out(line);
  }
  if (errors > 0) throw new LintErrors();
};

const lint = (
  document: LintDocument,
  context: Parameters<typeof lintTaskDefinition>[1],
): readonly (TaskDefinitionFinding | DockerfileFinding)[] =>
  document.kind === 'Dockerfile'
    ? lintDockerfile(document.text, context)
    : lintTaskDefinition(document.json, context);

const memoryAsked = (text: string | undefined): { readonly instanceMemoryMiB?: number } => {
  if (text === undefined) return {};
  if (/^[1-9]\d{0,8}$/.test(text)) return { instanceMemoryMiB: Number(text) };
  throw new UserError(`--instance-memory ${text}`, 'write a whole number of MiB, such as 16384');
};

/** What the options and the record say about each image; an image that none knows is said. */
const imageFacts = async (
  documents: readonly LintDocument[],
  options: Asked,
  tools: CliTools,
): Promise<ReadonlyMap<string, ImageFacts>> => {
  const jsons = documents.flatMap((each) => (each.kind === 'Dockerfile' ? [] : [each.json]));
  const images = [...new Set(jsons.flatMap((json: Json) => imagesIn(json)))];
  const osVersion =
    options.imageOsVersion === undefined ? undefined : osVersionAsked(options.imageOsVersion);
  const foreignLayers = options.manifest === undefined ? 0 : foreignLayersIn(options.manifest);
  if (options.manifest !== undefined && images.length !== 1) {
    const remedy = 'lint one task definition with one image';
    throw new UserError(`--manifest is of one image, and there are ${images.length}`, remedy);
  }
  const recorded = options.asksStore ? await fromRecord(images, options.store, tools) : new Map();
  return new Map(
    images.map((image) => [
      image,
      {
        ...recorded.get(image),
        ...(osVersion === undefined ? {} : { osVersion }),
        foreignLayers,
      },
    ]),
  );
};

const fromRecord = async (images: readonly string[], file: string, tools: CliTools) => {
  const store = tools.openStore(file, { create: false });
  try {
    const views = await readViews(store);
    const known = new Map<string, ImageFacts>();
    for (const image of images) {
      const facts = recordedFacts(image, views.images);
      if (facts === undefined) {
        tools.err(`not in the record: ${printable(image)} is judged by its name`);
      } else known.set(image, facts);
    }
    return known;
  } finally {
    store.close();
  }
};
