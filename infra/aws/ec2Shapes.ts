import * as z from 'zod';
import { AmiId, Ec2InstanceId, Instant } from '../../events/ids.ts';
import { absent, list, Moment, readShape, withoutUndefined } from './awsShape.ts';
import type { Ec2Image, Ec2Instance, LaunchTemplateVersion } from './ec2Port.ts';

// Instances, images and launch templates as EC2 answers.

const At = Moment.pipe(Instant);

const RawInstance = z.object({
  InstanceId: Ec2InstanceId,
  State: z.object({ Name: z.string() }),
  InstanceType: z.string(),
  ImageId: AmiId,
  Placement: absent(z.object({ AvailabilityZone: absent(z.string()) })),
  LaunchTime: absent(At),
  Tags: list(z.object({ Key: z.string(), Value: absent(z.string()) })),
});

/**
 * EC2 answers no launch template of an instance; it puts these two tags on what it launches from
 * one (EC2 User Guide, "Launch templates").
 */
const templateTags = {
  id: 'aws:ec2launchtemplate:id',
  version: 'aws:ec2launchtemplate:version',
} as const;

/** Throws `GatewayError` naming the field. */
export const instanceFromEc2 = (raw: unknown): Ec2Instance => {
  const instance = readShape(RawInstance, raw, 'EC2 instance');
  const tag = (name: string) => instance.Tags.find(({ Key }) => Key === name)?.Value;
  const [id, version] = [tag(templateTags.id), tag(templateTags.version)];
  return withoutUndefined({
    ec2InstanceId: instance.InstanceId,
    state: instance.State.Name,
    instanceType: instance.InstanceType,
    imageId: instance.ImageId,
    availabilityZone: instance.Placement?.AvailabilityZone,
    launchedAt: instance.LaunchTime,
    launchTemplate: id === undefined || version === undefined ? undefined : { id, version },
  });
};

const RawImage = z.object({
  ImageId: AmiId,
  Name: absent(z.string()),
  State: z.string(),
  Public: z.boolean(),
  OwnerId: absent(z.string()),
  ImageOwnerAlias: absent(z.string()),
  CreationDate: absent(At),
  DeprecationTime: absent(At),
});

/** Throws `GatewayError` naming the field. */
export const imageFromEc2 = (raw: unknown): Ec2Image => {
  const image = readShape(RawImage, raw, 'AMI');
  return withoutUndefined({
    imageId: image.ImageId,
    name: image.Name,
    state: image.State,
    isPublic: image.Public,
    ownerId: image.OwnerId,
    ownerAlias: image.ImageOwnerAlias,
    createdAt: image.CreationDate,
    deprecatedAt: image.DeprecationTime,
  });
};

const RawVersion = z.object({
  LaunchTemplateId: z.string(),
  VersionNumber: z.int().positive(),
  DefaultVersion: absent(z.boolean()),
  CreateTime: absent(At),
  LaunchTemplateData: absent(
    z.object({ ImageId: absent(z.string()), InstanceType: absent(z.string()) }),
  ),
});

/** Throws `GatewayError` naming the field. */
export const templateVersionFromEc2 = (raw: unknown): LaunchTemplateVersion => {
  const version = readShape(RawVersion, raw, 'launch template version');
  const image = version.LaunchTemplateData?.ImageId;
  const imageId = AmiId.safeParse(image).data;
  return withoutUndefined({
    launchTemplateId: version.LaunchTemplateId,
    version: version.VersionNumber,
    isDefault: version.DefaultVersion === true,
    createdAt: version.CreateTime,
    instanceType: version.LaunchTemplateData?.InstanceType,
    imageId,
    imageAlias: imageId === undefined ? image : undefined,
  });
};
