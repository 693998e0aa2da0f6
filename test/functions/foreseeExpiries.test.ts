import { describe, expect, it } from 'vitest';
import { rolloutStream } from '../../domain/rollout/rollout.ts';
import { image, imageStream } from '../../domain/windows/image.ts';
import type { EcrPlace } from '../../domain/windows/imageName.ts';
import type { LifecycleRule } from '../../domain/windows/lifecyclePolicy.ts';
import { foreseeExpiries } from '../../functions/ticks/foreseeExpiries.ts';
import { GatewayError } from '../../infra/aws/gateways.ts';
import { followViews } from '../../infra/views/views.ts';
import { happened, imageItem, planned, rolloutId } from '../domain/rollout/rolloutBuilder.ts';
import { at } from '../support/fleetBuilder.ts';
import { aRecord, write } from './record.ts';

const repository = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders';
const item = { ...imageItem('orders'), repository, image: `${repository}:stable` };
const day = 24 * 60;
const untaggedAfterDays = (days: number): LifecycleRule => ({
  rulePriority: 1,
  tagStatus: 'untagged',
  tagPrefixes: [],
  tagPatterns: [],
  count: { type: 'sinceImagePushed', days },
});

/** A rollout over one image whose tag has moved on to a rebuild. */
const aRollout = async (readLifecyclePolicy: () => Promise<readonly LifecycleRule[]>) => {
  const plan = planned({ instances: [], services: ['orders'] });
  const store = await aRecord('drive', { ...plan, data: { ...plan.data, images: [item] } });
  const pushed = (digest: string, minute: number) => ({
    type: 'ImagePushed',
    data: { digest, repository, tag: 'stable', pushedAt: at(minute) },
  });
  const rebuilt = `sha256:${'ab'.repeat(32)}`;
  await write(store, imageStream(item.staleDigest), [pushed(item.staleDigest, -10 * day)]);
  await write(store, imageStream(rebuilt as typeof item.staleDigest), [pushed(rebuilt, 60)]);
  const asked: string[] = [];
  const ecr = {
    readImageConfig: async () => Promise.reject(new Error('not asked for')),
    readLifecyclePolicy: async ({ path }: EcrPlace) => {
      asked.push(path);
      return readLifecyclePolicy();
    },
  };
  const views = followViews(store);
  const look = (minute: number) => foreseeExpiries({ store, views, ecr, now: () => at(minute) });
  return { store, look, asked };
};

describe('the digest that a rollout may have to go back to', () => {
  it('is named when its repository is about to delete it, once', async () => {
    const { store, look, asked } = await aRollout(async () => [untaggedAfterDays(14)]);
    expect(await look(61)).toEqual({ written: 1, refused: [], held: [] });
    expect(await look(121)).toEqual({ written: 0, refused: [], held: [] });
    expect(asked).toEqual(['orders', 'orders']);
    const written = await store.readStream(imageStream(item.staleDigest), 1);
    expect(written.flatMap(({ events }) => events)).toMatchObject([
      {
        type: 'ImageExpiryForeseen',
        data: { digest: item.staleDigest, rulePriority: 1, expiresAt: at(4 * day) },
      },
    ]);
  });

  it('is taken back when the policy lets it live', async () => {
    let days = 14;
    const { store, look } = await aRollout(async () => [untaggedAfterDays(days)]);
    await look(61);
    days = 90;
    expect((await look(121)).written).toBe(1);
    expect((await look(181)).written).toBe(0);
    const { state } = await store.load(imageStream(item.staleDigest), image);
    expect(state).not.toHaveProperty('expiry');
  });

  it('is not named while it has long to live, or without a policy', async () => {
    for (const rules of [[untaggedAfterDays(60)], []]) {
      const { look } = await aRollout(async () => rules);
      expect((await look(61)).written).toBe(0);
    }
  });

  it('of a policy that cannot be read is said to be held', async () => {
    const denied = new GatewayError('refused', 'AccessDeniedException', 'no');
    const { look } = await aRollout(() => Promise.reject(denied));
    const { written, held } = await look(61);
    expect(written).toBe(0);
    expect(held).toEqual([
      `${repository}: its lifecycle policy cannot be read: AccessDeniedException`,
    ]);
  });

  it('is no longer looked after once the rollout is long over', async () => {
    const { store, look, asked } = await aRollout(async () => [untaggedAfterDays(14)]);
    await write(store, rolloutStream(rolloutId), [happened.started(1), happened.completed(2)]);
    await look(40 * day);
    expect(asked).toEqual([]);
  });
});
