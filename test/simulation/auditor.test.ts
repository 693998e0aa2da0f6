import { describe, expect, it } from 'vitest';
import { allowanceOf } from './auditLedger.ts';
import { createAuditor } from './auditor.ts';
import { arn, instanceArn } from './auditScenes.ts';
import {
  completed,
  createTeller,
  deployment,
  drain,
  drainedAt,
  granted,
  inRollout,
  judge,
  planned,
  proof,
  proved,
  returned,
  type Step,
  setup,
  spoilt,
  story,
  type Told,
} from './auditStory.ts';

/** The invariants that a history breaks, each once. */
const broken = (steps: readonly Step[], agreed = {}) => {
  const { violations } = judge(steps, agreed);
  return [...new Set(violations.map((violation) => violation.split(':')[0]))];
};

const add =
  (...events: Told[]) =>
  (step: Step) => {
    step.events.push(...events);
  };

const without = (type: string) => (step: Step) => {
  step.events = step.events.filter(([, name]) => name !== type);
};

describe('the auditor', () => {
  it('finds nothing in a rollout without fault, on its way and at rest', () => {
    expect(judge(story())).toEqual({ violations: [], atRest: [] });
  });
});

describe('the store', () => {
  const first = () => {
    const [step] = story();
    if (step === undefined) throw new Error('the story is empty');
    return createTeller()(step, 0);
  };
  const [one, two, ...others] = first().commits;
  const judgeCommits = (...commits: readonly unknown[]) =>
    createAuditor(setup).afterStep({ ...first(), commits: commits as never });

  it('is content with versions in order', () => {
    expect(judgeCommits(one, two, ...others)).toEqual([]);
  });

  it('I1: finds a gap in a stream', () => {
    const gap = others.map((commit) => ({ ...commit, version: commit.version + 1 }));
    expect(judgeCommits(one, two, ...gap)).toContainEqual(expect.stringMatching(/^I1: .* after/));
  });

  it('I1: finds a version written twice', () => {
    const again = { ...two, commitId: 'other', sequence: 90 };
    expect(judgeCommits(one, two, ...others, again)).toContainEqual(
      expect.stringMatching(/^I1: .* holds version 1 after 3/),
    );
  });

  it('I1: finds a commit appended twice', () => {
    const again = { ...one, version: 2, sequence: 90 };
    expect(judgeCommits(one, two, ...others, again)).toEqual([
      'I1: cluster#shop holds commit cluster#shop/1 twice',
    ]);
  });

  it('I1: finds commits out of the order of the store', () => {
    const late = others.map((commit) => ({ ...commit, sequence: 1 }));
    expect(judgeCommits(one, two, ...late)).toContain('I1: sequence 1 follows 2');
  });

  it('I1: finds a commit that says nothing', () => {
    expect(judgeCommits({ ...one, events: [] })).toEqual([expect.stringMatching(/no event$/)]);
  });
});

describe('observations', () => {
  const observed = (version: number, from: string, status = 'ACTIVE', shard = 0): Told => [
    `fleet#shop#${shard}`,
    'InstanceObserved',
    { instance: { containerInstanceArn: instanceArn('b'), version, status }, from },
  ];
  const told = (...events: Told[]) => broken(spoilt(planned, add(...events)));

  it('may jump ahead, come again by a describe with more in it, and lie in another shard', () => {
    const fuller = observed(6, 'describe', 'DRAINING');
    expect(told(observed(3, 'event'), observed(6, 'event'), fuller)).toEqual([]);
    expect(told(observed(6, 'event'), observed(3, 'event', 'ACTIVE', 1))).toEqual([]);
  });

  it('I4: never go back to an older version', () => {
    expect(told(observed(6, 'event'), observed(5, 'describe'))).toEqual(['I4']);
  });

  it('I3: are kept once for each version that an event brought', () => {
    expect(told(observed(6, 'event'), observed(6, 'event'))).toEqual(['I3']);
    expect(told(observed(6, 'event'), observed(6, 'event', 'DRAINING'))).toEqual(['I3']);
  });

  it('I3: are not kept again where a describe shows nothing new', () => {
    expect(told(observed(6, 'event'), observed(6, 'describe'))).toEqual(['I3']);
  });

  it('I3: with an envelope id are kept once', () => {
    const action = (eventId: string): Told => [
      'fleet#shop#0',
      'ServiceActionObserved',
      { eventId, serviceArn: arn('service', 'web'), eventName: 'SERVICE_STEADY_STATE' },
    ];
    expect(told(action('one'), action('two'))).toEqual([]);
    expect(told(action('one'), action('one'))).toEqual(['I3']);
  });
});

describe('the ledger', () => {
  const lease = (name: string) => granted(`lease-${name}`, 'instance', instanceArn(name));
  const budget = (percent: number): Told => [
    'disruption#shop',
    'BudgetSet',
    { budget: { ...setup.budget, instances: { percent } } },
  ];

  it('lets as many leases live as the budget allows', () => {
    expect(broken(spoilt(planned, add(lease('b'), returned('lease-b'))))).toEqual([]);
    expect(broken(spoilt(planned, add(budget(50), lease('b'))))).toEqual([]);
    expect(broken(spoilt(planned, add(lease('b'))), { instances: 20 })).toEqual([]);
  });

  it('I11: finds one lease too many', () => {
    expect(broken(spoilt(planned, add(lease('b'))))).toEqual(['I11']);
    expect(broken(spoilt(planned, add(lease('b'))), { instances: 19 })).toEqual(['I11']);
  });

  it('I11: finds leases under a budget of nothing, and of no percent at all', () => {
    expect(broken(spoilt(planned, add(budget(0))))).toContain('I11');
    expect(broken(spoilt(planned, add(budget(Number.NaN))))).toContain('I11');
  });

  it('I11: finds a subject leased twice', () => {
    const twice = granted('lease-other', 'instance', instanceArn('a'));
    expect(judge(spoilt(drain, add(twice)), { instances: 30 }).violations).toEqual([
      expect.stringMatching(/^I11: .* is leased twice/),
    ]);
  });

  it('I11: finds a lease for a reason that the budget does not list', () => {
    const drift: Told = [...lease('b')];
    Object.assign(drift[2], { reason: 'drift' });
    const steps = spoilt(planned, add(drift, returned('lease-b')));
    expect(broken(steps)).toEqual(['I11']);
  });

  it('I11: finds a lease returned twice', () => {
    expect(broken(spoilt(completed, add(returned('lease-a'))))).toEqual(['I11']);
  });

  it('I11: finds a lease returned before the replacement is proved', () => {
    const steps = spoilt(drainedAt, add(returned('lease-a')));
    expect(broken(steps)).toEqual(['I11']);
    const unproved = spoilt(proved, without('InstanceProved'));
    expect(broken(unproved)).toEqual(['I11']);
  });

  it('lets a lease go back when its instance is given up or was never touched', () => {
    const skipped = inRollout('InstanceSkipped', {
      containerInstanceArn: instanceArn('a'),
      reason: 'ReplacementOverdue',
    });
    const givenUp = spoilt(proof, (step) => {
      step.events = [skipped, returned('lease-a')];
      step.calls = [];
    }).slice(0, proved);
    expect(broken(givenUp)).toEqual([]);
    const untouched = spoilt(drain, (step) => {
      step.events = [lease('a'), returned('lease-a')];
      step.calls = [];
    }).slice(0, drainedAt);
    expect(broken(untouched)).toEqual([]);
  });

  it('I11: finds an intent under no lease, or under that of another', () => {
    expect(broken(spoilt(drain, without('LeaseGranted')))).toContain('I11');
    expect(broken(spoilt(deployment, without('LeaseGranted')))).toContain('I11');
  });

  it('takes a lower budget as a limit for what comes, not for what is out', () => {
    const raised = spoilt(planned, add(budget(50), lease('b'), lease('c')));
    expect(broken(raised)).toEqual(['I11']);
    const lowered = spoilt(drainedAt, add(budget(0))).slice(0, proved);
    expect(broken(lowered)).toEqual([]);
  });
});

describe('the ledger of services', () => {
  const web = arn('service', 'web');
  const begun = (change: (step: Step) => void) => spoilt(deployment, change).slice(0, completed);
  const said = (steps: readonly Step[], agreed = {}) => judge(steps, agreed).violations;

  it('I11: finds a lease granted under a name that is live', () => {
    const again = granted('lease-web', 'service', arn('service', 'other'));
    expect(said(begun(add(again)))).toContain('I11: lease lease-web granted while it is live');
  });

  it('I11: finds a deployment under no lease', () => {
    const steps = begun((step) => {
      step.events = step.events.filter(([, type]) => type !== 'LeaseGranted');
    });
    expect(said(steps)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^I11: UpdateService of web at .* without a live lease$/),
        'I11: web is in deployment by us without a lease',
      ]),
    );
  });

  it('I11: finds a lease returned while its deployment goes on', () => {
    expect(said(begun(add(returned('lease-web'))))).toEqual([
      'I11: web is in deployment by us without a lease',
    ]);
  });

  it('I11: counts the services in deployment', () => {
    const none = { budget: { ...setup.budget, services: { count: 0 } } };
    expect(
      said(
        begun(() => {}),
        none,
      ),
    ).toEqual([
      'I11: 1 live leases of the kind service with lease-web, 0 allowed',
      'I11: 1 services in deployment by us, 0 allowed',
    ]);
    const one = { budget: { ...setup.budget, services: { count: 1 } } };
    expect(
      said(
        begun(() => {}),
        one,
      ),
    ).toEqual([]);
  });

  it('lets a lease go back when the service is given up', () => {
    const skipped = inRollout('ServiceSkipped', { serviceArn: web, reason: 'DeploymentFailed' });
    expect(said(begun(add(skipped, returned('lease-web'))))).toEqual([]);
    const later = spoilt(completed, (step) => {
      step.events = [skipped, returned('lease-web')];
      step.truth = story()[deployment]?.truth ?? step.truth;
    });
    expect(said(later)).toEqual([]);
  });
});

describe('an allowance', () => {
  it.each([
    [{ percent: 10 }, 29, 2],
    [{ percent: 10 }, 30, 3],
    [{ percent: 10 }, 4, 1],
    [{ percent: 100 }, 4, 4],
    [{ percent: 101 }, 4, 0],
    [{ percent: -1 }, 4, 0],
    [{ percent: 0 }, 4, 0],
    [{ count: 3 }, 4, 3],
    [{ count: 0 }, 4, 0],
    [{ count: -2 }, 4, 0],
  ])('of %j of %i is %i', (share, whole, most) => {
    expect(allowanceOf(share, whole)).toBe(most);
  });
});
