import * as z from 'zod';
import { fact } from './fact.ts';
import { AmiId, Channel, EffectId, Instant } from './ids.ts';

const version = z.int().positive();

/** What a group launched from before a rollout, and what it is to launch from. */
const change = {
  groupName: z.string(),
  launchTemplateId: z.string(),
  /** As the group names it: a number, `$Latest` or `$Default`. */
  launchedFrom: z.string(),
  /** The version that this was. */
  sourceVersion: version,
  fromAmiId: AmiId,
  amiId: AmiId,
};

/** Of the stream rollout#<rollout id>: the launch templates of Auto Scaling groups. */
export const launchTemplateFacts = [
  /** Intent: make a version that differs only in the AMI, and let the group launch from it. */
  fact('LaunchTemplateVersionIntended', {
    ...change,
    channel: Channel,
    effectId: EffectId,
    intendedAt: Instant,
  }),
  /** The group launches from that version. */
  fact('LaunchTemplateVersionSet', { groupName: z.string(), version, setAt: Instant }),
  fact('LaunchTemplateVersionRefused', {
    groupName: z.string(),
    reason: z.enum(['FactsStale', 'LaunchTemplateRefused']),
    detail: z.string(),
    refusedAt: Instant,
  }),
  /** Intent: let the group launch from the AMI of before again; nothing was proved on the new. */
  fact('LaunchTemplateReturnIntended', {
    ...change,
    /** The one that was made for this rollout. */
    version,
    effectId: EffectId,
    intendedAt: Instant,
  }),
  /** It launches from the AMI of before, or from one that somebody else has set. */
  fact('LaunchTemplateReturned', { groupName: z.string(), returnedAt: Instant }),
] as const;
