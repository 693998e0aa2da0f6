import * as z from 'zod';

/** Comma-separated, blanks around the commas allowed; nothing set is an empty list. */
const list = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((item) => item.trim() || []));

/** A cluster may be named by its ARN, as IAM wants it, or by its name. */
const clusterNames = list.transform((clusters) =>
  clusters.map((cluster) => cluster.replace(/^arn:[^/]*\//, '')),
);

const Environment = z.object({
  EVENT_TABLE: z.string().min(3),
  VIEW_TABLE: z.string().min(3),
  BUS_NAME: z.string().min(1),
  REGISTRY_URL: z.url({ protocol: /^https?$/ }).default('https://mcr.microsoft.com'),
  EFFECT_QUEUE_URL: z.url(),
  CONTROL_QUEUE_URL: z.url(),
  TUESDAY_CLUSTERS: clusterNames,
  TUESDAY_ACCOUNTS: list.pipe(z.array(z.string().regex(/^\d{12}$/, 'twelve digits each'))),
  TUESDAY_REGIONS: list.pipe(
    z.array(z.string().regex(/^[a-z]{2}[a-z0-9-]+$/, 'such as eu-west-1')),
  ),
});

export type Config = {
  readonly eventTable: string;
  readonly viewTable: string;
  readonly busName: string;
  readonly registryUrl: string;
  readonly effectQueueUrl: string;
  readonly controlQueueUrl: string;
  /**
   * What this Tuesday may look at. An empty list watches nothing, because a forgotten setting must
   * not widen it.
   */
  readonly clusters: readonly string[];
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
};

/**
 * Reads the environment once, at the start. Throws an error that names the variable and what it
 * should hold.
 */
export const readConfig = (environment: Readonly<Record<string, string | undefined>>): Config => {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) throw new Error(problemOf(parsed.error));
  const values = parsed.data;
  return {
    eventTable: values.EVENT_TABLE,
    viewTable: values.VIEW_TABLE,
    busName: values.BUS_NAME,
    registryUrl: values.REGISTRY_URL,
    effectQueueUrl: values.EFFECT_QUEUE_URL,
    controlQueueUrl: values.CONTROL_QUEUE_URL,
    clusters: values.TUESDAY_CLUSTERS,
    accounts: values.TUESDAY_ACCOUNTS,
    regions: values.TUESDAY_REGIONS,
  };
};

const problemOf = (error: z.ZodError) =>
  error.issues
    .map(({ path, message }) => `environment variable ${String(path[0])}: ${message}`)
    .join('; ');
