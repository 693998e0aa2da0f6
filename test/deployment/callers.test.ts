import { describe, expect, it } from 'vitest';
import { keyOf } from '../../functions/api/contract/contract.ts';
import { contracts } from '../../functions/api/contracts.ts';
import { resolved } from '../support/deployed/resolve.ts';
import { synthesised } from '../support/deployed/synthesise.ts';

const resources = resolved(synthesised('drive'));
const ofType = (type: string) => Object.entries(resources).filter(([, { Type }]) => Type === type);
const functions = ofType('AWS::Lambda::Function');

describe('X4: every route', () => {
  const routes = ofType('AWS::ApiGatewayV2::Route');

  it('is there', () => {
    expect(routes.map(([, { Properties }]) => Properties.RouteKey).toSorted()).toEqual(
      contracts.map(keyOf).toSorted(),
    );
  });

  it.each(routes)('of %s asks for a signature', (_, { Properties }) => {
    expect(Properties.AuthorizationType).toBe('AWS_IAM');
  });

  it('writes down who asked (X15)', () => {
    const settings = resources.HttpApiStage?.Properties.AccessLogSettings as { Format: string };
    const format = JSON.parse(settings.Format);
    expect(format.caller).toBe('$context.identity.userArn');
    expect(Object.values(format).join()).not.toMatch(/authorization/i);
  });

  it('no function has an address of its own', () => {
    expect(ofType('AWS::Lambda::Url')).toEqual([]);
  });
});

describe('X20: every function', () => {
  it.each(functions)('%s runs on the pinned runtime', (_, { Properties }) => {
    expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
  });
});

describe('X21: what a caller may cost', () => {
  it('is limited on the API', () => {
    expect(resources.HttpApiStage?.Properties.DefaultRouteSettings).toEqual({
      ThrottlingBurstLimit: 50,
      ThrottlingRateLimit: 20,
    });
  });

  it.each(functions)(
    'is limited by %s itself, its queue, its stream or the API',
    (id, { Properties }) => {
      const sources = ofType('AWS::Lambda::EventSourceMapping').filter(([, source]) =>
        String(source.Properties.FunctionName).endsWith(
          `-${String(Properties.FunctionName).split('-')[2]}`,
        ),
      );
      const routed = ofType('AWS::ApiGatewayV2::Integration').some(([, integration]) =>
        JSON.stringify(integration.Properties).includes(String(Properties.FunctionName)),
      );
      const limits = [
        Properties.ReservedConcurrentExecutions !== undefined,
        routed,
        ...sources.map(
          ([, source]) =>
            source.Properties.ScalingConfig !== undefined ||
            String(source.Properties.EventSourceArn).includes('/stream/'),
        ),
      ];
      expect([id, limits]).toEqual([id, expect.arrayContaining([true])]);
    },
  );
});

describe('X23: the environment', () => {
  it.each(functions)('of %s holds no secret', (_, { Properties }) => {
    const { Variables } = Properties.Environment as { Variables: Record<string, string> };
    for (const [name, value] of Object.entries(Variables)) {
      expect(name).not.toMatch(/SECRET|TOKEN|PASSWORD|CREDENTIAL|PRIVATE/i);
      expect(value).not.toMatch(/AKIA|BEGIN [A-Z ]*PRIVATE KEY/);
    }
  });
});
