/**
 * `error`: ECS or Windows refuses it, or it does not do what it says; `warning`: it works until the
 * day it does not; `info`: true, and good to know before a rollout.
 */
export type Severity = 'error' | 'warning' | 'info';

export type LintRule = {
  readonly severity: Severity;
  /** Why it matters, in one sentence. */
  readonly reason: string;
  /** The page or the issue that says so. */
  readonly source: string;
};

/** Rules by id. An id is stable: people filter by it. */
export type LintRules = Readonly<Record<string, LintRule>>;

export type Finding = LintRule & {
  readonly rule: string;
  /** What stands there. */
  readonly found: string;
  /** What to write instead. */
  readonly fix: string;
};

/** `path` from the root of the JSON document, such as `containerDefinitions[0].memory`. */
export type TaskDefinitionFinding = Finding & { readonly path: string };

/** Both count from 1. */
export type TextPlace = { readonly line: number; readonly column: number };
export type DockerfileFinding = Finding & TextPlace;

/** Makes findings of `rules`, at a place of whatever kind the document has. */
export const findingOf =
  <Id extends string>(rules: Readonly<Record<Id, LintRule>>) =>
  <Place extends object>(rule: Id, place: Place, found: string, fix: string): Finding & Place => ({
    ...place,
    rule,
    ...rules[rule],
    found,
    fix,
  });

/** A text from the document, short enough for a sentence. */
export const quoted = (text: string): string =>
  `"${text.length > 60 ? `${[...text].slice(0, 57).join('')}...` : text}"`;

export const guide = (page: string): string => `Amazon ECS Developer Guide, ${page}`;
export const ecsApi = (shape: string): string => `Amazon ECS API Reference, ${shape}`;
export const learn = (page: string): string => `Microsoft Learn, ${page}`;
