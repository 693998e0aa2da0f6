import type { Command } from 'commander';
import { launchTemplateCommand } from '../bootstrap/launchTemplate.ts';
import { containerEntrypoint, userData } from '../bootstrap/userData.ts';
import { printable } from '../printable.ts';
import type { CliTools } from '../tools.ts';
import { UserError } from '../userError.ts';

type Options = {
  readonly cluster: string;
  readonly region?: string;
  readonly format: string;
  readonly launchTemplate?: string;
  readonly pushesTo?: string;
};

/** `tuesday bootstrap`: how an instance starts so that Tuesday knows its build. Changes nothing. */
export const bootstrapCommand = (program: Command, tools: CliTools): void => {
  program
    .command('bootstrap')
    .description('print user data for an ECS-optimized Windows instance that tells its build')
    .requiredOption('--cluster <name>', 'the cluster that the instance joins')
    .option('--region <region>', 'where the launch template is, such as eu-west-1')
    .option('--format <format>', 'user-data, launch-template or container-entrypoint', 'user-data')
    .option('--launch-template <id>', 'lt-..., for --format launch-template')
    .option(
      '--pushes-to <registry>',
      'a registry host: let Docker push layers of older bases there',
    )
    .action((_options, command: Command) => {
      for (const line of linesOf(command.optsWithGlobals<Options>())) tools.out(line);
    });
};

const linesOf = ({ format, ...options }: Options): readonly string[] => {
  const { cluster, region, launchTemplate, pushesTo } = options;
  held('--cluster', cluster, /^[A-Za-z0-9_-]{1,255}$/, 'as ECS lists it, such as shop');
  held('--region', region, /^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as eu-west-1');
  held('--launch-template', launchTemplate, /^lt-[0-9a-f]{8,17}$/, 'an id such as lt-0123456789');
  held('--pushes-to', pushesTo, /^[a-z0-9.-]{1,255}(:\d{1,5})?$/, 'a host, without https://');
  const instances = { cluster, ...(pushesTo !== undefined && { pushesTo }) };
  switch (format) {
    case 'user-data':
      return userData(instances);
    case 'container-entrypoint':
      return containerEntrypoint();
    case 'launch-template': {
      if (region === undefined) {
        throw new UserError('--region is missing', 'name that of the launch template');
      }
      const named = launchTemplate !== undefined && { launchTemplateId: launchTemplate };
      return launchTemplateCommand(instances, { region, ...named });
    }
    default: {
      const remedy = 'write user-data, launch-template or container-entrypoint';
      throw new UserError(`--format ${printable(format)}`, remedy);
    }
  }
};

/** What goes into a script is only ever what cannot end a quotation. */
const held = (option: string, value: string | undefined, shape: RegExp, remedy: string): void => {
  if (value === undefined || shape.test(value)) return;
  throw new UserError(`${option} ${printable(value)}`, `write ${remedy}`);
};
