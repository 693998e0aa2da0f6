import * as z from 'zod';
import { Digest } from '../ids.ts';
import type { Told } from './envelope.ts';
import { eventKind } from './eventKind.ts';
import { present } from './present.ts';
import { Word } from './text.ts';

const Detail = z.object({
  result: Word,
  'repository-name': z.string().regex(/^[a-z0-9][a-z0-9._/-]{0,254}$/),
  'image-digest': Digest,
  'action-type': z.enum(['PUSH', 'DELETE']),
  'image-tag': z.string().max(128).nullish(),
});

export type EcrImageAction = Told & {
  readonly kind: 'EcrImageAction';
  readonly action: 'PUSH' | 'DELETE';
  /** Registry host and path, as task definitions write it before the tag. */
  readonly repository: string;
  readonly digest: Digest;
  readonly tag?: string;
};

/** Amazon ECR User Guide, ecr-eventbridge. Delivered at best effort; `resources` is empty. */
export const ecrImageAction = eventKind({
  detailType: 'ECR Image Action',
  source: 'aws.ecr',
  detail: Detail,
  toReading: (detail, told) => {
    if (detail.result !== 'SUCCESS') {
      const said = `ECR reports the ${detail['action-type']} with result ${detail.result}`;
      return { outcome: 'ignored', reason: 'ActionFailed', detail: said };
    }
    const event: EcrImageAction = {
      ...told,
      kind: 'EcrImageAction',
      action: detail['action-type'],
      repository: `${registryHost(told)}/${detail['repository-name']}`,
      digest: detail['image-digest'],
      ...present({ tag: detail['image-tag'] }),
    };
    return { outcome: 'read', event };
  },
});

/** The two regions in China have a domain of their own. */
const registryHost = ({ account, region }: Told): string =>
  `${account}.dkr.ecr.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
