import { fail, type Input, isRecord, type Operation, ok, textOf, textsOf } from './answers.ts';
import { instantText } from './instantText.ts';
import type { Group, World } from './world.ts';

// A launch template of each group that names one. A version never changes (EC2 User Guide,
// "Manage launch template versions"); what a group launches from is settled when it launches.

export type TemplateVersion = {
  readonly number: number;
  /** An AMI, or `resolve:ssm:` and the public parameter of a family. */
  readonly image: string;
  readonly createdAt: number;
  readonly clientToken?: string;
  /** Made from it; absent: from nothing. */
  readonly source?: number;
};

export type LaunchTemplate = {
  readonly id: string;
  /** What the group names: a number, `$Latest` or `$Default`. */
  version: string;
  default: number;
  versions: TemplateVersion[];
};

export const latest = ({ versions }: LaunchTemplate): number => versions.at(-1)?.number ?? 0;

const numberOfVersion = (template: LaunchTemplate, version: string): number => {
  if (version === '$Latest') return latest(template);
  return version === '$Default' ? template.default : Number(version);
};

export const versionNamed = (
  template: LaunchTemplate,
  version: string,
): TemplateVersion | undefined => {
  const number = numberOfVersion(template, version);
  return template.versions.find((each) => each.number === number);
};

const aliasPrefix = 'resolve:ssm:/aws/service/ami-windows-latest/';

/** The AMI that the group launches from at this moment; `undefined` where there is none. */
export const amiLaunched = (world: World, { amiFamily, template }: Group) => {
  const image = template && versionNamed(template, template.version)?.image;
  if (image === undefined || image.startsWith(aliasPrefix)) return newestAmi(world, amiFamily);
  if (world.privateAmis.includes(image)) return undefined;
  return world.amis.find(({ amiId }) => amiId === image);
};

export const newestAmi = (world: World, family: string) =>
  world.amis.filter((ami) => ami.family === family).at(-1);

const templateWith = (world: World, id: string | undefined): LaunchTemplate | undefined =>
  Object.values(world.groups)
    .flatMap(({ template }) => template ?? [])
    .find((template) => template.id === id);

const described = (world: World, template: LaunchTemplate, version: TemplateVersion) => ({
  LaunchTemplateId: template.id,
  LaunchTemplateName: `template-of-${template.id}`,
  VersionNumber: version.number,
  CreateTime: instantText(version.createdAt),
  DefaultVersion: version.number === template.default,
  LaunchTemplateData: { ImageId: version.image, InstanceType: typeOf(world, template) },
});

const typeOf = (world: World, template: LaunchTemplate): string | undefined =>
  Object.values(world.groups).find((group) => group.template === template)?.instanceType;

const noTemplate = (id: string | undefined) =>
  fail('InvalidLaunchTemplateId.NotFound', `The specified launch template ${id} does not exist.`);
const noVersion = (version: string) =>
  fail('InvalidLaunchTemplateId.VersionNotFound', `Could not find the version ${version}.`);

const describeVersions: Operation = (world, input) => {
  const id = textOf(input, 'LaunchTemplateId');
  const template = templateWith(world, id);
  if (template === undefined) return noTemplate(id);
  // `LaunchTemplateVersion.1` on the wire.
  const asked = [...textsOf(input, 'Versions'), ...textsOf(input, 'LaunchTemplateVersions')];
  const missing = asked.find((version) => versionNamed(template, version) === undefined);
  if (missing !== undefined) return noVersion(missing);
  const wanted = asked.flatMap((version) => versionNamed(template, version) ?? []);
  return ok({ LaunchTemplateVersions: wanted.map((each) => described(world, template, each)) });
};

/** The same token makes the same version (EC2 API Reference, "Ensuring idempotency"). */
const createVersion: Operation = (world, input) => {
  const id = textOf(input, 'LaunchTemplateId');
  const template = templateWith(world, id);
  if (template === undefined) return noTemplate(id);
  const named = String(input.SourceVersion ?? '');
  const source = versionNamed(template, named);
  if (source === undefined) return noVersion(named);
  const clientToken = textOf(input, 'ClientToken');
  const made = template.versions.find(
    (each) => clientToken !== undefined && each.clientToken === clientToken,
  );
  const version =
    made ?? addVersion(world, template, imageIn(input) ?? source.image, source, clientToken);
  return ok({ LaunchTemplateVersion: described(world, template, version) });
};

const imageIn = (input: Input): string | undefined => {
  const { LaunchTemplateData: data } = input;
  return isRecord(data) ? textOf(data, 'ImageId') : undefined;
};

/** A version more: by a call, or by its owner's own hand. */
export const addVersion = (
  world: World,
  template: LaunchTemplate,
  image: string,
  source?: TemplateVersion,
  clientToken?: string,
): TemplateVersion => {
  const version: TemplateVersion = {
    number: latest(template) + 1,
    image,
    createdAt: world.now,
    ...(clientToken !== undefined && { clientToken }),
    ...(source !== undefined && { source: source.number }),
  };
  template.versions.push(version);
  return version;
};

/** Of all that an update may change, only the launch template is simulated. */
const updateGroup: Operation = (world, input) => {
  const name = textOf(input, 'AutoScalingGroupName') ?? '';
  const group = world.groups[name];
  const { LaunchTemplate: asked } = input;
  if (group === undefined || !isRecord(asked)) {
    return fail('ValidationError', `AutoScalingGroup name not found - no such group: ${name}`);
  }
  const { template } = group;
  const version = String(asked.Version ?? '$Default');
  if (template?.id !== textOf(asked, 'LaunchTemplateId') || template === undefined) {
    return fail('ValidationError', 'You must use a valid fully-formed launch template.');
  }
  if (versionNamed(template, version) === undefined) {
    return fail('ValidationError', `Could not find the launch template version ${version}.`);
  }
  template.version = version;
  return ok({});
};

export const templateOperations = {
  DescribeLaunchTemplateVersions: describeVersions,
  CreateLaunchTemplateVersion: createVersion,
} as const;
export const groupUpdate = { UpdateAutoScalingGroup: updateGroup } as const;
