import { beforeEach, describe, expect, it } from 'vitest';
import { clusterCommand } from '../../cli/commands/cluster.ts';
import { rolloutCommand } from '../../cli/commands/rollout.ts';
import { clusterStream } from '../../domain/fleet/shards.ts';
import { cluster } from '../../domain/maintenance/cluster.ts';
import { rollout, rolloutStream } from '../../domain/rollout/rollout.ts';
import type { RolloutCommand } from '../../domain/rollout/rolloutCommand.ts';
import { ClusterArn, EffectId, LeaseId } from '../../events/ids.ts';
import { send } from '../../functions/send.ts';
import { planned, rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import { commandLine, now } from './commandLine.ts';

const clusterName = 'shop';

let line: ReturnType<typeof commandLine>;

beforeEach(async () => {
  line = commandLine(rolloutCommand, clusterCommand);
  const clusterArn = ClusterArn.parse('arn:aws:ecs:eu-west-1:111122223333:cluster/shop');
  const where = { clusterArn, clusterName, account: '111122223333', region: 'eu-west-1' };
  const adopt = { type: 'AdoptCluster', ...where, now } as const;
  await send(line.store, cluster, clusterStream(clusterName), adopt, now);
});

const plan = async () => {
  const { plannedAt: _at, ...data } = planned().data;
  const command = { type: 'PlanRollout', ...data, now } as const;
  await send(line.store, rollout, rolloutStream(rolloutId), command, now);
};

describe('tuesday rollout', () => {
  it('starts in mode drive, pauses, goes on, ends', async () => {
    await plan();
    await line.run('cluster', 'mode', clusterName, 'drive');
    expect(await line.run('rollout', 'start', rolloutId)).toEqual([`${rolloutId} is running`]);
    expect(await line.run('rollout', 'start', rolloutId)).toEqual([
      `${rolloutId} is running already`,
    ]);
    expect(await line.run('rollout', 'pause', rolloutId, '--reason', 'lunch')).toEqual([
      `${rolloutId} is paused`,
    ]);
    expect(await line.run('rollout', 'resume', rolloutId)).toEqual([`${rolloutId} is running`]);
    expect(await line.run('--json', 'rollout', 'abort', rolloutId)).toEqual([
      JSON.stringify({ rolloutId, status: 'aborted' }),
    ]);
    expect(await line.slip('rollout', 'resume', rolloutId)).toContain('RolloutEnded');
  });

  it('keeps who asked and why in the record', async () => {
    await plan();
    await line.run('cluster', 'mode', clusterName, 'drive', '--actor', 'kim');
    await line.run('rollout', 'start', rolloutId, '--actor', 'kim');
    await line.run('rollout', 'pause', rolloutId, '--actor', 'kim', '--reason', 'checkout is slow');
    const commits = await line.store.readStream(rolloutStream(rolloutId));
    expect(commits.at(-1)?.events).toMatchObject([
      { type: 'RolloutPaused', data: { actor: 'kim', reason: 'checkout is slow' } },
    ]);
  });

  it('moves nothing in a cluster that is only observed', async () => {
    await plan();
    const slip = await line.slip('rollout', 'start', rolloutId);
    expect(slip).toContain('ClusterNotDriven: shop is in mode observe');
    expect(slip).toContain('tuesday cluster mode');
  });

  it('shows where it stands, and every reason for what it holds', async () => {
    await plan();
    const shown = (await line.run('rollout', 'watch')).join('\n');
    expect(shown).toContain(`${rolloutId}  planned`);
    expect(shown).toContain('instances to replace');
    expect(await line.run('rollout', 'list')).toEqual([`${rolloutId}  planned`]);
  });

  it('says that it replaces by surge, and what became of each group', async () => {
    const { plannedAt: _at, ...data } = planned({ policy: { replacement: 'surge' } }).data;
    const stream = rolloutStream(rolloutId);
    const { containerInstanceArn } = data.instances[0] ?? {};
    if (containerInstanceArn === undefined) throw new Error('there is an instance');
    const instances = [{ containerInstanceArn, leaseId: LeaseId.parse('lease-1') }];
    const surge = { groupName: 'shop-2022', from: 3, to: 4, instances };
    const commands: readonly RolloutCommand[] = [
      { type: 'PlanRollout', ...data, now },
      { type: 'StartRollout', actor: 'kim', now },
      { type: 'SurgeGroup', ...surge, effectId: EffectId.parse('surge-1'), now },
    ];
    for (const command of commands) await send(line.store, rollout, stream, command, now);
    const asked = (await line.run('rollout', 'watch')).join('\n');
    expect(asked).toContain('replaced by surge');
    expect(asked).toContain('shop-2022: asked for more 1 time, it is to want 4 now');
    const reset = { type: 'OverruleGroup', groupName: 'shop-2022', desired: 3, now } as const;
    await send(line.store, rollout, stream, reset, now);
    const shown = (await line.run('rollout', 'watch')).join('\n');
    expect(shown).toContain('shop-2022: asked for more 1 time, nothing is surplus');
    expect(shown).toContain('DesiredCapacityConflict: somebody else has set');
  });

  it('names what is wrong with a line, and what to do', async () => {
    expect(await line.slip('rollout', 'start', 'rollout-x')).toContain('RolloutNotFound');
    expect(await line.slip('rollout', 'watch')).toContain('tuesday rollout plan');
    expect(await line.slip('rollout', 'plan')).toContain('tuesday releases --read');
    expect(await line.slip('cluster', 'mode', clusterName, 'full-speed')).toContain(
      'it is one of: observe, advise, drive',
    );
    expect(await line.slip('cluster', 'mode', 'nowhere', 'drive')).toContain('it is one of: shop');
  });
});

describe('tuesday cluster', () => {
  it('lists every cluster with its mode', async () => {
    expect(await line.run('cluster')).toEqual([
      'cluster  mode     account       region',
      'shop     observe  111122223333  eu-west-1',
    ]);
  });
});
