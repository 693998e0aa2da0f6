// The AWS Query protocol: a form in, XML out. Auto Scaling of 2011-01-01 speaks it here;
// EC2 has a dialect of its own (ec2Protocol.ts).

const namespace = 'http://autoscaling.amazonaws.com/doc/2011-01-01/';
const requestId = '<RequestId>00000000-0000-4000-8000-000000000000</RequestId>';

/**
 * `InstanceIds.member.1=i-1` becomes `{ InstanceIds: ['i-1'] }` and `LaunchTemplate.Version=7`
 * `{ LaunchTemplate: { Version: '7' } }`; everything stays text.
 */
export const queryInput = (
  body: string,
): { readonly operation: string; readonly input: Readonly<Record<string, unknown>> } => {
  const input: Record<string, unknown> = {};
  let operation = '';
  for (const [name, value] of new URLSearchParams(body)) {
    const list = /^(\w+)\.member\.\d+$/.exec(name)?.[1];
    const [whole = '', member, ...deeper] = name.split('.');
    if (name === 'Action') operation = value;
    else if (list === undefined && member !== undefined && deeper.length === 0) {
      input[whole] = { ...(input[whole] as object | undefined), [member]: value };
    } else if (list === undefined) input[name] = value;
    else input[list] = [...((input[list] as string[] | undefined) ?? []), value];
  }
  return { operation, input };
};

export const queryResult = (operation: string, result: unknown): string =>
  [
    `<${operation}Response xmlns="${namespace}">`,
    `<${operation}Result>${xml(result)}</${operation}Result>`,
    `<ResponseMetadata>${requestId}</ResponseMetadata>`,
    `</${operation}Response>`,
  ].join('');

export const queryError = (error: { readonly code: string; readonly message: string }): string =>
  [
    `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type>`,
    `<Code>${escaped(error.code)}</Code><Message>${escaped(error.message)}</Message>`,
    `</Error>${requestId}</ErrorResponse>`,
  ].join('');

const xml = (value: unknown): string => {
  if (Array.isArray(value)) return value.map((item) => `<member>${xml(item)}</member>`).join('');
  if (typeof value !== 'object' || value === null) return escaped(String(value));
  return Object.entries(value)
    .filter(([, member]) => member !== undefined && member !== null)
    .map(([name, member]) => `<${name}>${xml(member)}</${name}>`)
    .join('');
};

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
