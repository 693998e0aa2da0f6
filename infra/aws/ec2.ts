import {
  CreateLaunchTemplateVersionCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { calling } from './awsError.ts';
import type { Ec2Gateway } from './ec2Port.ts';
import { imageFromEc2, instanceFromEc2, templateVersionFromEc2 } from './ec2Shapes.ts';
import { GatewayError } from './gateways.ts';
import { inBatches, pages } from './pages.ts';

/**
 * Most values of one filter (EC2 API Reference, DescribeInstances), and most versions of a launch
 * template in one call.
 */
const batchMax = 200;

type Sender = Pick<EC2Client, 'send'>;
type NewVersion = Parameters<Ec2Gateway['createLaunchTemplateVersion']>[0];

/**
 * EC2 behind the port. `client` must not retry by itself; `reader` may. What is described is asked
 * for by a filter, because one unknown id makes EC2 refuse all that stand beside it.
 */
export const createEc2Gateway = (client: Sender, reader: Sender = client): Ec2Gateway => ({
  describeInstances: (ids) => inBatches(ids, batchMax, (batch) => describeInstances(reader, batch)),
  describeImages: (ids) => inBatches(ids, batchMax, (batch) => describeImages(reader, batch)),
  describeLaunchTemplateVersions: (id, versions) =>
    inBatches(versions, batchMax, (batch) => describeVersions(reader, id, batch)),
  createLaunchTemplateVersion: (request) => createVersion(client, request),
});

const describeInstances = async (client: Sender, ids: readonly string[]) => {
  const Filters = [{ Name: 'instance-id', Values: [...ids] }];
  const found = await pages('DescribeInstances', async ({ nextToken: NextToken }) => {
    const page = await client.send(new DescribeInstancesCommand({ Filters, NextToken }));
    const items = page.Reservations?.flatMap(({ Instances = [] }) => Instances);
    return { items, nextToken: page.NextToken };
  });
  return found.map(instanceFromEc2);
};

/** AWS deprecates its Windows images soon, and it is the older one that a rollback asks for. */
const describeImages = async (client: Sender, ids: readonly string[]) => {
  const asked = { Filters: [{ Name: 'image-id', Values: [...ids] }], IncludeDeprecated: true };
  const found = await pages('DescribeImages', async ({ nextToken: NextToken }) => {
    const page = await client.send(new DescribeImagesCommand({ ...asked, NextToken }));
    return { items: page.Images, nextToken: page.NextToken };
  });
  return found.map(imageFromEc2);
};

const describeVersions = async (
  client: Sender,
  LaunchTemplateId: string,
  versions: readonly string[],
) => {
  const asked = { LaunchTemplateId, Versions: [...versions] };
  const found = await pages('DescribeLaunchTemplateVersions', async ({ nextToken: NextToken }) => {
    const command = new DescribeLaunchTemplateVersionsCommand({ ...asked, NextToken });
    const page = await client.send(command);
    return { items: page.LaunchTemplateVersions, nextToken: page.NextToken };
  });
  return found.map(templateVersionFromEc2);
};

/**
 * EC2 makes a version of parameters that do not fit too, and only warns (EC2 API Reference,
 * CreateLaunchTemplateVersion, `warning`). Nothing is launched from such a one.
 */
const createVersion = async (client: Sender, request: NewVersion): Promise<number> => {
  const { launchTemplateId, sourceVersion, imageId, clientToken } = request;
  const command = new CreateLaunchTemplateVersionCommand({
    LaunchTemplateId: launchTemplateId,
    SourceVersion: String(sourceVersion),
    LaunchTemplateData: { ImageId: imageId },
    ClientToken: clientToken,
  });
  const action = 'CreateLaunchTemplateVersion';
  const answer = await calling('mutate', action, client.send(command));
  const warning = answer.Warning?.Errors?.[0];
  if (warning !== undefined) {
    const message = `${action}: ${launchTemplateId}: ${warning.Message ?? warning.Code}`;
    throw new GatewayError('refused', warning.Code ?? 'LaunchTemplateWarning', message);
  }
  const version = answer.LaunchTemplateVersion?.VersionNumber;
  if (version !== undefined) return version;
  throw new GatewayError('unclear', 'NoVersion', `${action}: answered without a version`);
};
