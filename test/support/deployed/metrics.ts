import type { Resource } from './synthesise.ts';

/** One metric as it is printed, alarmed on or shown. */
export type Named = {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Who asks for it, for messages. */
  readonly by: string;
};

type Resources = Readonly<Record<string, Resource>>;

/** The metrics of one printed line, once for each dimension set; none of a line of the log. */
export const named = (line: string): readonly Named[] => {
  if (!line.startsWith('{"_aws"')) return [];
  const printed = JSON.parse(line);
  const [{ Namespace, Dimensions, Metrics }] = printed._aws.CloudWatchMetrics;
  return Dimensions.flatMap((names: readonly string[]) =>
    Metrics.map(({ Name }: { readonly Name: string }) => ({
      namespace: Namespace,
      metric: Name,
      dimensions: Object.fromEntries(names.map((name) => [name, printed[name]])),
      by: 'a function',
    })),
  );
};

export const alarmed = (resources: Resources): readonly Named[] =>
  Object.entries(resources).flatMap(([id, { Type, Properties }]) => {
    if (Type !== 'AWS::CloudWatch::Alarm') return [];
    const dimensions = Properties.Dimensions as readonly { Name: string; Value: string }[];
    return [
      {
        namespace: String(Properties.Namespace),
        metric: String(Properties.MetricName),
        dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])),
        by: id,
      },
    ];
  });

/** A search over clusters counts as the metric of cluster `shop`, which the tests watch. */
export const charted = (resources: Resources): readonly Named[] => {
  const body = JSON.parse(String(resources.Dashboard?.Properties.DashboardBody));
  const rows = body.widgets.flatMap(
    (widget: { properties: { metrics: readonly (readonly unknown[])[] } }) =>
      widget.properties.metrics,
  );
  return rows.map(chartedRow);
};

const chartedRow = (row: readonly unknown[]): Named => {
  const [first] = row;
  if (typeof first !== 'string') return searched((first as { expression: string }).expression);
  const [namespace = '', metric = '', ...rest] = row.filter((cell) => typeof cell === 'string');
  const pairs = rest.flatMap((name, index) => (index % 2 === 0 ? [[name, rest[index + 1]]] : []));
  return { namespace, metric, dimensions: Object.fromEntries(pairs), by: 'the dashboard' };
};

const searched = (expression: string): Named => {
  const found = expression.match(
    /^SEARCH\('\{(\w+),cluster,service\} MetricName="(\w+)" service="([\w-]+)"', 'Maximum', 300\)$/,
  );
  if (found === null) throw new Error(`${expression} is not understood here`);
  const [, namespace = '', metric = '', service = ''] = found;
  return { namespace, metric, dimensions: { service, cluster: 'shop' }, by: 'the dashboard' };
};
