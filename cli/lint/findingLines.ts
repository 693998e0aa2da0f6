import type {
  DockerfileFinding,
  Finding,
  Severity,
  TaskDefinitionFinding,
} from '../../domain/windows/lint/finding.ts';
import { printable } from '../printable.ts';
import { count } from '../text.ts';

const columnsMax = 100;

type Placed = TaskDefinitionFinding | DockerfileFinding;

/** For people: by place, under each what is wrong, why, and what to write instead. */
export const findingLines = (
  file: string,
  kind: string,
  findings: readonly Placed[],
  text: string,
): readonly string[] => {
  const source = text.split(/\r\n|\n|\r/);
  const groups = Map.groupBy(findings, (finding) => heading(finding, source));
  return [
    ...[...groups].flatMap(([title, group]) => [title, ...group.flatMap(paragraph), '']),
    `${file} (${kind}): ${tally(findings)}`,
  ].map((line) => printable(line.replaceAll('\t', ' ')));
};

const heading = (finding: Placed, source: readonly string[]): string => {
  if ('path' in finding) return finding.path;
  const line = (source[finding.line - 1] ?? '').trim();
  return cut(`${finding.line}:${finding.column}  ${line}`);
};

const cut = (line: string): string =>
  line.length <= columnsMax ? line : `${[...line].slice(0, columnsMax - 3).join('')}...`;

/** Wide enough for `warning`, so that rules stand under each other. */
const paragraph = ({ severity, rule, found, reason, fix, source }: Finding) => [
  ...hanging(`  ${severity.padEnd(7)}  ${rule}: `, found),
  ...hanging('           why     ', reason),
  ...hanging('           fix     ', fix),
  ...hanging('           source  ', source),
];

/** Words broken at the edge of the page, under the first of them. */
const hanging = (lead: string, words: string): readonly string[] => {
  const indent = ' '.repeat(Math.min(lead.length, 19));
  const lines: string[] = [];
  let line = lead.trimEnd();
  let separator = lead.slice(line.length);
  for (const word of words.split(' ')) {
    if (line.length + separator.length + word.length > columnsMax && line.trim() !== '') {
      lines.push(line);
      line = `${indent}${word}`;
    } else line += `${separator}${word}`;
    separator = ' ';
  }
  return [...lines, line];
};

const severities: readonly Severity[] = ['error', 'warning', 'info'];

/** `3 findings: 1 error, 2 warnings`, or that there are none. */
const tally = (findings: readonly Finding[]): string => {
  if (findings.length === 0) return 'no findings';
  const parts = severities.flatMap((severity) => {
    const number = findings.filter((finding) => finding.severity === severity).length;
    if (number === 0) return [];
    return [severity === 'info' ? `${number} info` : count(number, severity)];
  });
  return `${count(findings.length, 'finding')}: ${parts.join(', ')}`;
};
