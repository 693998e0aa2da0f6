import {
  type Chance,
  chanceFrom,
  drawBetween,
  drawOne,
} from '../../../../domain/simulation/chance.ts';
import { attributes, compound, documented, operators, patterns, plain } from './accepted.ts';
import { refused } from './refused.ts';

// Expressions of somebody who wants to break the reader or to hold up a tick.

const written = [
  ...[documented, operators, attributes, plain, compound, patterns].flat().map(([text]) => text),
  ...Object.values(refused)
    .flat()
    .map(([marked]) => marked.replace('‸', '')),
];

const words = [
  ...'( ) [ ] , ! && || == != =~ !~ > >= < <= = \' " \\ { } * + ? | . ^ $ & ~ : ; # % @'.split(' '),
  ...'and or not in exists matches not_in attribute: attribute:a ecs.os-type true'.split(' '),
  ...'agentConnected agentVersion ec2InstanceId registeredAt runningTasksCount'.split(' '),
  ...'task:group __proto__ constructor 1.9 2025-10-01 \u0000 \u202e \ud800 é 𝒳 \u00a0 \u2028'.split(
    ' ',
  ),
  '\n',
  '\r',
  ' ',
];

const bombs = [
  '(a*)*b',
  '(a+)+$',
  '(a|aa)+b',
  '(.*a){9}',
  '(.{0,9}){9}',
  '((a?){9}){9}',
  '(a|b|ab)*c',
  '(?i)\\pL{90}',
  '[\\pL\\pN]{99}',
  '.*.*.*.*.*.*x',
  '(x+x+)+y',
  '(?:(?:a*)*)*',
  'a{1000}',
  '((a{9}){9}){9}',
  '\\p{Greek}*',
  '[^a]*b[^a]*c',
  '(|)',
  '()*',
  '^*$*',
  '\\b*',
  '(?s).{0,99}',
  '(?m)^.*$',
];

const joined = (chance: Chance, most: number, parts: readonly string[]) =>
  Array.from({ length: drawBetween(chance, 0, most) }, () => drawOne(chance, parts)).join('');

const mutated = (chance: Chance): string => {
  let text = drawOne(chance, written);
  for (let change = drawBetween(chance, 1, 4); change > 0; change -= 1) {
    const at = drawBetween(chance, 0, text.length);
    const to = Math.min(text.length, at + drawBetween(chance, 0, 5));
    const other = drawOne(chance, written);
    const put = drawOne(chance, [drawOne(chance, words), text.slice(at, to), '', other]);
    text = text.slice(0, at) + put + text.slice(drawOne(chance, [at, to]));
  }
  return text;
};

const bomb = (chance: Chance): string => {
  const comparison = () => {
    const subject = drawOne(chance, ['attribute:a', 'ec2InstanceId', 'task:group', 'ecs.a']);
    const pattern = joined(chance, drawOne(chance, [2, 3, 12]), bombs);
    return `${subject} ${drawOne(chance, ['=~', '!~'])} '${pattern}'`;
  };
  const length = drawBetween(chance, 1, drawOne(chance, [2, 5, 22]));
  return Array.from({ length }, comparison).join(drawOne(chance, [' and ', ' or ']));
};

const noise = (chance: Chance): string => {
  const unit = () => String.fromCharCode(drawBetween(chance, 0, drawOne(chance, [127, 0xffff])));
  return Array.from({ length: drawBetween(chance, 0, 80) }, unit).join('');
};

const huge = (chance: Chance): string => {
  const part = drawOne(chance, ['(', 'not ', '!', 'a,', '[', "'", '\\', 'attribute:a exists or ']);
  const times = drawOne(chance, [5, 20, 200, 1000, 20_000]);
  const before = drawOne(chance, ['', 'attribute:a in [', 'attribute:a =~ ', "attribute:a =~ '"]);
  return before + part.repeat(times) + drawOne(chance, ['', 'attribute:a exists', ']', "'"]);
};

const chained = (chance: Chance) =>
  Array.from({ length: drawBetween(chance, 1, 22) }, () => `(${drawOne(chance, written)})`).join(
    drawOne(chance, [' and ', '||', ' and not ', '\n or\t']),
  );

const soup = (chance: Chance) => joined(chance, 25, words);

/** `count` of them, the same for the same seed. */
export const hostileQueries = (seed: number, count: number): readonly string[] => {
  const chance = chanceFrom(seed);
  const makers = [noise, soup, soup, mutated, mutated, mutated, bomb, bomb, chained, huge];
  return Array.from({ length: count }, () => drawOne(chance, makers)(chance));
};
