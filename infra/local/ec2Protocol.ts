import { escaped } from './queryProtocol.ts';

// EC2's own dialect of the Query protocol: lists are numbered without `member`, and answers have no
// element for the result (EC2 API Reference, "Making requests").

export const ec2Version = '2016-11-15';

type Node = { [name: string]: Node | string };

/** `Filter.1.Name=instance-id` becomes `{ Filters: [{ Name: 'instance-id' }] }`. */
export const ec2Input = (
  body: string,
): { readonly operation: string; readonly input: Readonly<Record<string, unknown>> } => {
  const root: Node = {};
  for (const [name, value] of new URLSearchParams(body)) {
    const path = name.split('.');
    const last = path.pop() ?? '';
    let node = root;
    for (const part of path) {
      const next = node[part];
      const child: Node = typeof next === 'object' ? next : {};
      node[part] = child;
      node = child;
    }
    node[last] = value;
  }
  const { Action: operation, Version: _version, ...rest } = root;
  const input = listed(rest) as Readonly<Record<string, unknown>>;
  return { operation: typeof operation === 'string' ? operation : '', input };
};

/** Names are in the plural where the API Reference of the client libraries has them so. */
const listed = (node: Node | string): unknown => {
  if (typeof node === 'string') return node;
  const names = Object.keys(node);
  if (names.length > 0 && names.every((name) => /^\d+$/.test(name))) {
    return names.toSorted((a, b) => Number(a) - Number(b)).map((name) => listed(node[name] ?? ''));
  }
  return Object.fromEntries(
    Object.entries(node).map(([name, member]) => {
      const value = listed(member);
      return [Array.isArray(value) ? `${name}s` : name, value];
    }),
  );
};

export const ec2Result = (operation: string, result: unknown): string =>
  [
    `<${operation}Response xmlns="http://ec2.amazonaws.com/doc/${ec2Version}/">`,
    '<requestId>00000000-0000-4000-8000-000000000000</requestId>',
    xml(result, ofOperation[operation] ?? wireNames),
    `</${operation}Response>`,
  ].join('');

export const ec2Error = (error: { readonly code: string; readonly message: string }): string =>
  [
    `<Response><Errors><Error><Code>${escaped(error.code)}</Code>`,
    `<Message>${escaped(error.message)}</Message></Error></Errors>`,
    '<RequestID>00000000-0000-4000-8000-000000000000</RequestID></Response>',
  ].join('');

/** On the wire some members are named otherwise than by their first letter alone. */
const wireNames: Readonly<Record<string, string>> = {
  Reservations: 'reservationSet',
  Instances: 'instancesSet',
  State: 'instanceState',
  Tags: 'tagSet',
};

/** Of an image; `State` and the like are named otherwise there. */
const imageNames: Readonly<Record<string, string>> = {
  Images: 'imagesSet',
  State: 'imageState',
  Public: 'isPublic',
};

const ofOperation: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  DescribeImages: imageNames,
  DescribeLaunchTemplateVersions: { LaunchTemplateVersions: 'launchTemplateVersionSet' },
};

const xml = (value: unknown, names: Readonly<Record<string, string>>): string => {
  if (Array.isArray(value)) {
    return value.map((item) => `<item>${xml(item, names)}</item>`).join('');
  }
  if (typeof value !== 'object' || value === null) return escaped(String(value));
  return Object.entries(value)
    .filter(([, member]) => member !== undefined && member !== null)
    .map(([member, held]) => {
      const name = names[member] ?? `${member.charAt(0).toLowerCase()}${member.slice(1)}`;
      return `<${name}>${xml(held, names)}</${name}>`;
    })
    .join('');
};
