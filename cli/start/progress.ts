import { tallyInstances, tallyServices } from '../../domain/rollout/tally.ts';
import type { SequencedCommit } from '../../infra/eventStore/eventStore.ts';
import { count, moment } from '../text.ts';
import type { CliTools } from '../tools.ts';
import type { Standing } from './month.ts';
import { narrate } from './narrate.ts';
import { newestRollout, panel } from './panel.ts';

export type Progress = {
  readonly show: (standing: Standing, commits: readonly SequencedCommit[]) => void;
  readonly end: () => void;
};

const drawEveryMs = 80;
const recentMax = 8;

/** On a terminal: the fleet redrawn in place. */
export const pictured = (
  span: { readonly startsAt: number; readonly endsAt: number },
  out: CliTools['out'],
): Progress => {
  const recent: string[] = [];
  let drawn = 0;
  let drawnAt = 0;
  const draw = (standing: Standing) => {
    const lines = panel(standing, span, recent);
    const text = lines.map((line) => `${line}\u001b[K`).join('\n');
    out(drawn > 0 ? `\u001b[${drawn}A${text}\u001b[J` : text);
    drawn = lines.length;
    drawnAt = performance.now();
  };
  let last: Standing | undefined;
  return {
    show: (standing, commits) => {
      recent.push(...commits.flatMap(narrate));
      recent.splice(0, recent.length - recentMax);
      last = standing;
      if (performance.now() - drawnAt >= drawEveryMs) draw(standing);
    },
    end: () => {
      if (last !== undefined) draw(last);
    },
  };
};

const headlines = new Set(
  'released anomaly unknown planned started paused resumed halted aborted completed overdue'
    .split(' ')
    .concat('hand', 'skipped'),
);
const wordOf = (line: string) => line.split(/ {2}/)[1]?.split(' ')[0] ?? '';
const followed = /windows\/servercore:ltsc|Windows_Server/;
const everyMs = 3_600_000;

/**
 * In a pipe: what happened, and once an hour of the lived month how far it is, when that has
 * changed.
 */
export const told = (out: CliTools['out']): Progress => {
  let said = '';
  let saidAt = 0;
  return {
    show: (standing, commits) => {
      for (const line of commits.flatMap(narrate)) {
        if (!headlines.has(wordOf(line))) continue;
        if (wordOf(line) === 'released' && !followed.test(line)) continue;
        out(line);
      }
      if (standing.now - saidAt < everyMs) return;
      const line = standingLine(standing);
      if (line !== said) out(`${moment(standing.now)}  ${line}`);
      said = line;
      saidAt = standing.now;
    },
    end: () => {},
  };
};

const standingLine = ({ exposure, views }: Standing): string => {
  const behind = (rows: readonly { readonly standing: { readonly status: string } }[]) =>
    rows.filter(({ standing }) => standing.status === 'behind').length;
  const instancesBehind = count(behind(exposure.instances), 'instance');
  const exposed = `behind: ${instancesBehind}, ${count(behind(exposure.tasks), 'task')}`;
  const rollout = newestRollout([...views.rollouts.values()]);
  if (rollout === undefined || rollout.status === 'completed') return exposed;
  const instances = tallyInstances(rollout);
  const services = tallyServices(rollout);
  const moving = instances.underWay + services.underWay;
  const replaced = `replaced ${instances.done} of ${instances.total} instances`;
  const deployed = `deployed ${services.done} of ${services.total} services`;
  return `${exposed}; ${replaced}, ${deployed}, ${moving} under way`;
};
