import { describe, expect, test } from 'vitest';
import { injectSpotNotice, noticeMs } from '../../../domain/simulation/faults.ts';
import type { World } from '../../../domain/simulation/world.ts';
import { parseAwsEvent } from '../../../events/aws/parseAwsEvent.ts';
import { eventsOf, hour, pass, second, smallWorld } from './smallWorld.ts';

const scope = { accounts: ['111122223333'], regions: ['eu-west-1'], clusters: ['shop'] };

const noticed = (spared: boolean): { readonly world: World; readonly id: string } => {
  const world = smallWorld();
  const [instance] = Object.values(world.instances);
  const id = instance?.ec2InstanceId ?? '';
  injectSpotNotice(world, id, { spared });
  return { world, id };
};

describe('a Spot interruption notice', () => {
  test('is told as EC2 tells it, and Tuesday can read it', () => {
    const { world, id } = noticed(false);
    pass(world, 10 * second);
    const [event] = eventsOf(world, 'EC2 Spot Instance Interruption Warning');
    const zone = world.instances[id]?.zone;
    expect(event).toMatchObject({ resources: [`arn:aws:ec2:${zone}:instance/${id}`] });
    expect(parseAwsEvent(JSON.stringify(event), scope)).toMatchObject({
      outcome: 'accepted',
      event: { kind: 'SpotInterruptionWarning', ec2InstanceId: id, action: 'terminate' },
    });
  });

  test('leaves the instance two minutes, and then it is gone and deregistered', () => {
    const { world, id } = noticed(false);
    pass(world, noticeMs - second);
    expect(world.instances[id]).toMatchObject({ ec2State: 'running', status: 'ACTIVE' });
    pass(world, 2 * second);
    expect(world.instances[id]).toMatchObject({ ec2State: 'terminated', status: 'INACTIVE' });
  });

  test('may be followed by nothing that lasts', () => {
    const { world, id } = noticed(true);
    pass(world, hour);
    expect(world.instances[id]).toMatchObject({ ec2State: 'running', status: 'ACTIVE' });
  });
});
