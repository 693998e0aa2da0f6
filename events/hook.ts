import * as z from 'zod';
import { fact } from './fact.ts';
import { ContainerInstanceArn, Ec2InstanceId, EffectId, Instant } from './ids.ts';

// Stream hooks#<cluster name>: termination lifecycle hooks of Auto Scaling that wait for Tuesday.

export const HookEvent = z.discriminatedUnion('type', [
  /** Intent: `CompleteLifecycleAction` with CONTINUE. ABANDON would skip the hooks of others. */
  fact('HookAnswerIntended', {
    containerInstanceArn: ContainerInstanceArn,
    ec2InstanceId: Ec2InstanceId,
    autoScalingGroupName: z.string(),
    lifecycleHookName: z.string(),
    lifecycleActionToken: z.string(),
    because: z.string(),
    /** From then on it is answered whatever runs there; before that, only when it is empty. */
    answerBy: Instant,
    effectId: EffectId,
    intendedAt: Instant,
  }),
  /** `notActive`: someone else had answered, or its time had run out. */
  fact('HookAnswered', {
    effectId: EffectId,
    answer: z.enum(['completed', 'notActive']),
    answeredAt: Instant,
  }),
  /** The hook goes on by itself when its time runs out. */
  fact('HookAnswerFailed', { effectId: EffectId, reason: z.string(), failedAt: Instant }),
]);
export type HookEvent = z.infer<typeof HookEvent>;
