import type { RolloutEvent } from '../../events/rollout.ts';
import { templateEffect } from './evolveTemplates.ts';
import { asked, type StepCommand } from './rolloutCommand.ts';
import type { Rollout } from './rolloutState.ts';

type Step<Type extends StepCommand['type']> = Extract<StepCommand, { type: Type }>;
export type TemplateStep = Step<
  'RenewLaunchTemplate' | 'RecordLaunchTemplate' | 'ReturnLaunchTemplate' | 'RecordTemplateReturned'
>;

const types: ReadonlySet<string> = new Set<TemplateStep['type']>([
  'RenewLaunchTemplate',
  'RecordLaunchTemplate',
  'ReturnLaunchTemplate',
  'RecordTemplateReturned',
]);
export const isTemplateStep = (command: StepCommand): command is TemplateStep =>
  types.has(command.type);

/** One change of one group's template at a time; none of one that has been given back. */
export const decideTemplate = (command: TemplateStep, state: Rollout): readonly RolloutEvent[] => {
  const { groupName, now } = command;
  const template = state.groups[groupName]?.template;
  const open = templateEffect(state, groupName);
  switch (command.type) {
    case 'RenewLaunchTemplate': {
      // What somebody else has set since is theirs, until a person says to go on.
      const isTheirs = template?.set !== undefined && template.set.at >= (state.resumedAt ?? 0);
      const isStale = state.status !== 'running' || open !== undefined || isTheirs;
      if (isStale || command.fromAmiId === command.amiId) return [];
      return [
        { type: 'LaunchTemplateVersionIntended', data: { ...asked(command), intendedAt: now } },
      ];
    }
    case 'RecordLaunchTemplate':
      return open?.kind === 'renewTemplate'
        ? [{ type: 'LaunchTemplateVersionSet', data: { ...asked(command), setAt: now } }]
        : [];
    case 'ReturnLaunchTemplate': {
      const isOurs = template?.set?.version === command.version && !template.isReturned;
      if (state.status !== 'aborted' || open !== undefined || !isOurs) return [];
      return [
        { type: 'LaunchTemplateReturnIntended', data: { ...asked(command), intendedAt: now } },
      ];
    }
    case 'RecordTemplateReturned':
      return open?.kind === 'returnTemplate'
        ? [{ type: 'LaunchTemplateReturned', data: { ...asked(command), returnedAt: now } }]
        : [];
    default:
      return command satisfies never;
  }
};
