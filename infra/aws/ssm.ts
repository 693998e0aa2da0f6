import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { AmiId } from '../../events/ids.ts';
import { gatewayError } from './awsError.ts';
import { readShape } from './awsShape.ts';
import { GatewayError, type SsmGateway } from './gateways.ts';

const prefix = '/aws/service/ami-windows-latest';

/**
 * The value is JSON with more in it than this (ECS Developer Guide,
 * retrieve-ecs-optimized_windows_AMI).
 */
const AmiParameter = z.object({ image_id: AmiId, image_name: z.string().min(1) });

/** The public AMI parameters behind the port. `undefined` where AWS publishes no such family. */
export const createSsmGateway = (client: Pick<SSMClient, 'send'>): SsmGateway => ({
  readAmi: async (family) => {
    const value = await readParameter(client, `${prefix}/${checkedFamily(family)}`);
    if (value === undefined) return undefined;
    const ami = readShape(AmiParameter, jsonOf(value), `AMI parameter of ${family}`);
    return { amiId: ami.image_id, name: ami.image_name };
  },
});

const checkedFamily = (family: string) => {
  if (/^[A-Za-z0-9._-]{1,200}$/.test(family)) return family;
  const message = `GetParameter: ${JSON.stringify(family)} is no AMI family`;
  throw new GatewayError('refused', 'FamilyMalformed', message);
};

const readParameter = async (client: Pick<SSMClient, 'send'>, name: string) => {
  try {
    return (await client.send(new GetParameterCommand({ Name: name }))).Parameter?.Value ?? '';
  } catch (error) {
    const failure = gatewayError(error, 'read', `GetParameter ${name}`);
    if (failure.code === 'ParameterNotFound') return undefined;
    throw failure;
  }
};

/** Text that is no JSON becomes a shape error that names the parameter. */
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
