import type { getCapacity } from '../../functions/api/contract/capacity.ts';
import type { Answer } from '../../functions/api/contract/contract.ts';
import { printable } from '../printable.ts';
import { count, shortArn } from '../text.ts';

type Scaling = Answer<typeof getCapacity>['scaling'];

/** Sentences that are told; what they leave out is counted. */
const toldMax = 10;

/** What Tuesday does about the size of groups, or would do, and what stands against the rest. */
export const scalingLines = (scaling: Scaling): readonly string[] => {
  const { policy, mode, sizes, scaleIn, held, heldCount } = scaling;
  const steps = [
    ...sizes.map(({ groupName, from, to, forTasks, forWave, isIntended }) => {
      const tasks = forTasks > 0 ? `, ${count(forTasks, 'instance')} for tasks that wait` : '';
      const wave = forWave > 0 ? `, ${count(forWave, 'instance')} for the next wave` : '';
      return `  ${stateOf(isIntended)}group ${groupName} from ${from} to ${to}${tasks}${wave}`;
    }),
    ...scaleIn.map(({ ec2InstanceId, isIntended }) => {
      return `  ${stateOf(isIntended)}drain ${ec2InstanceId}, and end it: it is not needed`;
    }),
  ];
  // Most instances of a fleet are held for one reason: it is said once.
  const alike = [...Map.groupBy(held, ({ reason, detail }) => `${reason}: ${detail}`)];
  const told = alike.slice(0, toldMax);
  const more = heldCount - told.reduce((sum, [, those]) => sum + those.length, 0);
  return [
    '',
    policyText(policy, mode),
    ...steps.map(printable),
    ...told.map(([why, those]) => {
      const [first] = those.map(({ subject }) => nameOf(subject));
      const who = those.length === 1 ? first : `${first} and ${those.length - 1} more`;
      return printable(`  not ${who}: ${why}`);
    }),
    ...(more > 0 ? [`  and ${count(more, 'hold')} more, see --json`] : []),
  ];
};

const nameOf = (subject: string): string =>
  subject.startsWith('arn:') ? shortArn(subject) : subject;

const stateOf = (isIntended: boolean): string => (isIntended ? 'under way: ' : 'planned: ');

export const policyText = (
  { scaleOut, scaleIn }: Scaling['policy'],
  mode: Scaling['mode'],
): string => {
  const switches = `scale-out ${scaleOut ? 'on' : 'off'}, scale-in ${scaleIn ? 'on' : 'off'}`;
  const isDone = mode === 'drive' && (scaleOut || scaleIn);
  const then = isDone ? '' : mode === 'drive' ? ': a plan, and no more' : `: in ${mode} a plan`;
  return `sizes set by Tuesday: ${switches}${then}`;
};
