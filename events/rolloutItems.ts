import * as z from 'zod';
import {
  Channel,
  ContainerInstanceArn,
  Digest,
  Ec2InstanceId,
  ServiceArn,
  WindowsBuild,
} from './ids.ts';

// What one rollout is about.

/** An image tag to be rebuilt on a newer base. */
export const ImageItem = z.object({
  /** `<registry>/<path>:<tag>` as the task definitions write it. */
  image: z.string(),
  repository: z.string(),
  tag: z.string(),
  staleDigest: Digest,
  channel: Channel,
  fromBuild: WindowsBuild,
  toBuild: WindowsBuild,
});
export type ImageItem = z.infer<typeof ImageItem>;

export const InstanceItem = z.object({
  containerInstanceArn: ContainerInstanceArn,
  ec2InstanceId: Ec2InstanceId,
  channel: Channel,
  fromBuild: WindowsBuild,
});
export type InstanceItem = z.infer<typeof InstanceItem>;

export const ServiceItem = z.object({
  serviceArn: ServiceArn,
  serviceName: z.string(),
  channel: Channel,
  /** The `image`s of ImageItems it waits for. */
  images: z.array(z.string()).readonly(),
});
export type ServiceItem = z.infer<typeof ServiceItem>;

export const Target = z.object({ channel: Channel, build: WindowsBuild });
export type Target = z.infer<typeof Target>;
