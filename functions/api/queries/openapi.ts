import type { describeApi } from '../contract/openapi.ts';
import type { Handle } from '../route.ts';

/** Made when it is asked for: it needs every contract, and few ask. */
export const describe: Handle<typeof describeApi> = async () => {
  const [{ openApiOf }, { contracts }] = await Promise.all([
    import('../openapi.ts'),
    import('../contracts.ts'),
  ]);
  return openApiOf(contracts) as { openapi: string };
};
