import type { AmiId, Ec2InstanceId, Instant } from '../../events/ids.ts';

export type Ec2Instance = {
  readonly ec2InstanceId: Ec2InstanceId;
  /** `pending`, `running`, `shutting-down`, `terminated`, `stopping` or `stopped`. */
  readonly state: string;
  readonly instanceType: string;
  readonly imageId: AmiId;
  readonly availabilityZone?: string | undefined;
  readonly launchedAt?: Instant | undefined;
  /** From the tags that EC2 Auto Scaling sets; absent on what nobody launched from a template. */
  readonly launchTemplate?: { readonly id: string; readonly version: string } | undefined;
};

export type Ec2Image = {
  readonly imageId: AmiId;
  readonly name?: string | undefined;
  /** Instances are launched from an image that is `available`, and from no other. */
  readonly state: string;
  readonly isPublic: boolean;
  readonly ownerId?: string | undefined;
  /** `amazon` for what AWS publishes; absent for what another account does. */
  readonly ownerAlias?: string | undefined;
  readonly createdAt?: Instant | undefined;
  /** From then on it is out of the listings, and is still launched from by its id. */
  readonly deprecatedAt?: Instant | undefined;
};

export type LaunchTemplateVersion = {
  readonly launchTemplateId: string;
  readonly version: number;
  readonly isDefault: boolean;
  readonly createdAt?: Instant | undefined;
  readonly instanceType?: string | undefined;
  readonly imageId?: AmiId | undefined;
  /** `resolve:ssm:...`, where the template names a parameter that holds the image. */
  readonly imageAlias?: string | undefined;
};

export type Ec2Gateway = {
  /**
   * Left out: those that EC2 does not find, which is no proof that they are gone, since a young
   * instance is not known everywhere at once. A terminated one is answered for about an hour.
   */
  readonly describeInstances: (
    ec2InstanceIds: readonly Ec2InstanceId[],
  ) => Promise<readonly Ec2Instance[]>;
  /** Left out: those that no longer exist, are disabled, or that this account may not see. */
  readonly describeImages: (imageIds: readonly AmiId[]) => Promise<readonly Ec2Image[]>;
  /** By number, or `$Latest` or `$Default`. Refused where one of them does not exist. */
  readonly describeLaunchTemplateVersions: (
    launchTemplateId: string,
    versions: readonly string[],
  ) => Promise<readonly LaunchTemplateVersion[]>;
  /**
   * A version that is `sourceVersion` but for its image. Returns its number; with the same
   * `clientToken` it is the same version.
   */
  readonly createLaunchTemplateVersion: (request: {
    readonly launchTemplateId: string;
    readonly sourceVersion: number;
    readonly imageId: AmiId;
    readonly clientToken: string;
  }) => Promise<number>;
};
