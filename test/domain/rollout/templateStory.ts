import type { AmiId } from '../../../events/ids.ts';
import type { RolloutEvent } from '../../../events/rollout.ts';
import type { ObservedAutoScalingGroup } from '../../../events/scaling.ts';
import { amiId, at, october, september } from '../../support/fleetBuilder.ts';
import { effectId, happened, rolloutAfter } from './rolloutBuilder.ts';
import { groupName } from './surgeStory.ts';

// A group that launches from a template, which names the AMI of September.

type Template = NonNullable<ObservedAutoScalingGroup['launchTemplate']>;

export const aTemplate = (fields: Partial<Template> = {}) => ({
  launchTemplate: {
    id: 'lt-1',
    version: '7',
    number: 7,
    image: amiId(september) as string,
    ...fields,
  },
});

export const change = {
  groupName,
  launchTemplateId: 'lt-1',
  launchedFrom: '7',
  sourceVersion: 7,
  fromAmiId: amiId(september),
  amiId: amiId(october) as AmiId,
};

export const versionIntended = (fields: Partial<typeof change> = {}, minute = 2): RolloutEvent => ({
  type: 'LaunchTemplateVersionIntended',
  data: {
    ...change,
    ...fields,
    channel: 'ltsc2022',
    effectId: effectId(`template-${minute}`),
    intendedAt: at(minute),
  },
});

export const versionSet = (minute = 3, version = 8): RolloutEvent => ({
  type: 'LaunchTemplateVersionSet',
  data: { groupName, version, setAt: at(minute) },
});

export const versionRefused = (minute = 3): RolloutEvent => ({
  type: 'LaunchTemplateVersionRefused',
  data: { groupName, reason: 'LaunchTemplateRefused', detail: 'no', refusedAt: at(minute) },
});

export const versionReturnIntended = (
  fields: Partial<typeof change> = {},
  minute = 30,
): RolloutEvent => ({
  type: 'LaunchTemplateReturnIntended',
  data: {
    ...change,
    ...fields,
    version: 8,
    effectId: effectId(`back-${minute}`),
    intendedAt: at(minute),
  },
});

export const versionReturned = (minute = 31): RolloutEvent => ({
  type: 'LaunchTemplateReturned',
  data: { groupName, returnedAt: at(minute) },
});

/** One old instance, in a group whose template may be renewed. */
export const withTemplates = (...past: readonly RolloutEvent[]) =>
  rolloutAfter(
    { instances: ['a'], policy: { launchTemplate: 'newVersion', canaryFamily: 'canary' } },
    happened.started(),
    happened.learnt(),
    ...past,
  );
