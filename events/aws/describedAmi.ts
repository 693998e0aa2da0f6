import * as z from 'zod';
import { AmiId } from '../ids.ts';
import { OptionalMoment } from './moment.ts';
import { present } from './present.ts';

/** An AMI as `aws ec2 describe-images` prints it (EC2 API Reference, Image). */
export const Ec2Image = z
  .object({ ImageId: AmiId, Name: z.string().max(256), CreationDate: OptionalMoment })
  .transform(({ ImageId, Name, CreationDate }) => ({
    amiId: ImageId,
    name: Name,
    ...present({ publishedAt: CreationDate }),
  }));
