import type { EffectId, Instant } from '../../events/ids.ts';
import type { RolloutEvent } from '../../events/rollout.ts';
import type { Effect, GroupProgress, Rollout, TemplateProgress } from './rolloutState.ts';

export type TemplateEvent = Extract<
  RolloutEvent,
  { type: `LaunchTemplate${string}` & RolloutEvent['type'] }
>;

export const isOfTemplate = (event: RolloutEvent): event is TemplateEvent =>
  event.type.startsWith('LaunchTemplate');

export const evolveTemplates = (state: Rollout, event: TemplateEvent): Rollout => {
  const { groupName } = event.data;
  switch (event.type) {
    case 'LaunchTemplateVersionIntended': {
      const { effectId, intendedAt, channel, ...change } = event.data;
      const times = (state.groups[groupName]?.template?.times ?? 0) + 1;
      const effect: Effect = { kind: 'renewTemplate', effectId, intendedAt, ...change };
      return withEffect(withTemplate(state, groupName, { times, channel, change }), effect);
    }
    case 'LaunchTemplateReturnIntended': {
      const { effectId, intendedAt, ...change } = event.data;
      return withEffect(state, { kind: 'returnTemplate', effectId, intendedAt, ...change });
    }
    case 'LaunchTemplateVersionSet': {
      const { version, setAt: at } = event.data;
      return settled(state, groupName, { set: { version, at } });
    }
    case 'LaunchTemplateVersionRefused': {
      const { reason, detail, refusedAt: at } = event.data;
      return settled(state, groupName, { refused: { reason, detail, at } });
    }
    case 'LaunchTemplateReturned':
      return settled(state, groupName, { isReturned: true });
    default:
      return event satisfies never;
  }
};

/** An instance of this Windows was proved: what its groups launch from is good. */
export const provedTemplates = (state: Rollout, channel: string): Rollout =>
  Object.entries(state.groups).reduce(
    (next, [groupName, { template }]) =>
      template?.set === undefined || template.channel !== channel || template.isProved
        ? next
        : withTemplate(next, groupName, { ...template, isProved: true }),
    state,
  );

/** What is to be done to the launch template of a group, and has no outcome yet. */
export const templateEffect = (
  { effects }: Pick<Rollout, 'effects'>,
  groupName: string,
): Effect | undefined => Object.values(effects).find(isAbout(groupName));

const isAbout = (groupName: string) => (effect: Effect) =>
  (effect.kind === 'renewTemplate' || effect.kind === 'returnTemplate') &&
  effect.groupName === groupName;

const withEffect = (
  state: Rollout,
  effect: Effect & { readonly effectId: EffectId; readonly intendedAt: Instant },
): Rollout => ({ ...state, effects: { ...state.effects, [effect.effectId]: effect } });

const withTemplate = (state: Rollout, groupName: string, template: TemplateProgress): Rollout => {
  const group: GroupProgress = state.groups[groupName] ?? { surges: 0 };
  return { ...state, groups: { ...state.groups, [groupName]: { ...group, template } } };
};

/** What was meant for it has its outcome. */
const settled = (
  state: Rollout,
  groupName: string,
  outcome: Partial<TemplateProgress>,
): Rollout => {
  const template = state.groups[groupName]?.template;
  if (template === undefined) return state;
  const isOpen = isAbout(groupName);
  const effects = Object.entries(state.effects).filter(([, effect]) => !isOpen(effect));
  const next = withTemplate(state, groupName, { ...template, ...outcome });
  return { ...next, effects: Object.fromEntries(effects) };
};
