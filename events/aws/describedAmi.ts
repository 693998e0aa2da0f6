import * as z from 'zod';
import { AmiId, type Channel } from '../ids.ts';
import { OptionalMoment } from './moment.ts';
import { present } from './present.ts';

/** `Windows_Server-2022-English-Core-ECS_Optimized-2025.10.18`: the family is what stands before the date. */
const ecsOptimizedName =
  /^(Windows_Server-(2016|2019|2022|2025)-English-(?:Full|Core)(?:-ECS_Optimized)?)-\d{4}\.\d{2}\.\d{2}$/;

/** An image as `aws ec2 describe-images` prints it (EC2 API Reference, Image). */
export const Ec2Image = z
  .object({ ImageId: AmiId, Name: z.string().max(256), CreationDate: OptionalMoment })
  .transform(({ ImageId, Name, CreationDate }) => {
    const [, family, year] = ecsOptimizedName.exec(Name) ?? [];
    return {
      amiId: ImageId,
      name: Name,
      /** Absent for an AMI that is not one of AWS's Windows ones. */
      ...present({
        family,
        channel: year && (`ltsc${year}` as Channel),
        publishedAt: CreationDate,
      }),
    };
  });
