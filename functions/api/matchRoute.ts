import type { Contract } from './contract/contract.ts';
import type { Route } from './route.ts';

export type Matched =
  | { readonly route: Route; readonly parameters: Readonly<Record<string, string>> }
  | { readonly allow: readonly string[] }
  | undefined;

/**
 * The route for a path as it was sent, as API Gateway would find it: a part in braces takes one
 * part of the path. `allow` names the methods of a path that does not take this one.
 */
export const matchRoute = (routes: readonly Route[], method: string, path: string): Matched => {
  const fitting = routes.flatMap((route) => {
    const parameters = parametersIn(route.contract, path);
    return parameters === undefined ? [] : [{ route, parameters }];
  });
  const found = fitting
    .filter(({ route }) => route.contract.method === method)
    .toSorted((a, b) => variables(a.route.contract) - variables(b.route.contract))[0];
  if (found !== undefined) return found;
  if (fitting.length === 0) return undefined;
  return { allow: [...new Set(fitting.map(({ route }) => route.contract.method))].toSorted() };
};

/** A path that says more comes first. */
const variables = ({ path }: Contract): number => path.split('{').length;

const parametersIn = (
  { path: template }: Contract,
  path: string,
): Readonly<Record<string, string>> | undefined => {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = given[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== text) return undefined;
      continue;
    }
    const value = decoded(text);
    if (value === undefined || value === '') return undefined;
    parameters[name] = value;
  }
  return parameters;
};

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};
