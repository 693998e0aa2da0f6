import { describe, expect, it } from 'vitest';
import type {
  PlacementInstance,
  PlacementStrategy,
  PlacementTask,
} from '../../../domain/placement/placementProblem.ts';
import { answersTo, instance, problem, running, task, windows } from './byHand.ts';

// Which of the candidates is taken, and what the next task sees. Worked by hand, as oracle.test.ts.

describe('strategies', () => {
  const spread = (field: `attribute:${string}` | 'host'): PlacementStrategy => ({
    type: 'spread',
    field,
  });
  const inZone = (id: string, zone: string | null, count: number, parts = {}) =>
    instance(id, {
      attributes: zone === 'none' ? {} : { zone },
      tasks: Array.from({ length: count }, () => running('service:web')),
      ...parts,
    });
  const place = (there: readonly PlacementInstance[], strategies: readonly PlacementStrategy[]) =>
    answersTo(problem(there, [task([{}], { strategies })], windows))[0];

  it('DG: spread counts the tasks of the service in the zone, on unusable instances too', () => {
    const there = [inZone('a', '1', 0), inZone('b', '1', 2, { status: 'DRAINING' })];
    expect(place([...there, inZone('c', '2', 1)], [spread('attribute:zone')])).toBe('on c');
  });

  it('DG: each strategy narrows what the one before it left', () => {
    const there = [inZone('a', '1', 1), inZone('b', '1', 0), inZone('c', '2', 0)];
    expect(place(there, [spread('attribute:zone'), spread('host')])).toBe('on c');
    expect(place(there, [spread('host'), spread('attribute:zone')])).toBe('on c');
    expect(place(there.slice(0, 2), [spread('attribute:zone'), spread('host')])).toBe('on b');
  });

  it('ours: a second attribute counts within the value of the first', () => {
    const at = (id: string, zone: string, rack: string, count: number) =>
      inZone(id, zone, count, { attributes: { zone, rack } });
    const there = [at('a', '1', 'x', 1), at('b', '1', 'y', 0), at('c', '2', 'y', 4)];
    const unusable = there.map((one) => (one.id === 'c' ? { ...one, isProven: false } : one));
    expect(place(unusable, [spread('attribute:zone'), spread('attribute:rack')])).toBe('on b');
    expect(place(unusable, [spread('attribute:rack')])).toBe('on a');
  });

  it('ours: without the attribute, or without a value, is one more value', () => {
    const there = [inZone('a', null, 0), inZone('b', 'none', 2), inZone('c', '1', 1)];
    expect(place(there, [spread('attribute:zone')])).toBe('on c');
  });

  it('DG: binpack takes the one with the least left that still fits', () => {
    const left = (id: string, cpu: number) => instance(id, { remaining: { cpu } });
    const there = [left('a', 255), left('b', 512), left('c', 300)];
    expect(place(there, [{ type: 'binpack', field: 'cpu' }])).toBe('on c');
  });

  it('ours: random starts at its chance among all by id, and goes up and round', () => {
    const there = ['c', 'a', 'b', 'B'].map((id) => instance(id, { isProven: id !== 'c' }));
    const by = (chance: number) =>
      answersTo(problem(there, [task([{}], { strategies: [{ type: 'random' }], chance })]))[0];
    expect([0, 0.25, 0.5, 0.74, 0.75].map(by)).toEqual(['on B', 'on a', 'on b', 'on b', 'on B']);
  });

  it('ours: then the fewest bytes to pull, a layer of two containers once, then the id', () => {
    const layers = [{ diffId: 'base', bytes: 9 }];
    const there = [
      instance('a', { layers: null }),
      instance('c', { layers: ['base'] }),
      instance('b', { layers: ['base', 'other'] }),
    ];
    const by = (second: typeof layers | null, rules: typeof windows | null) =>
      answersTo(problem(there, [task([{ layers }, { layers: second }])], rules))[0];
    expect(by(layers, windows)).toBe('on b');
    expect(by(null, windows)).toBe('on a');
    expect(by(layers, null)).toBe('on a');
  });
});

const times = (count: number, make: () => PlacementTask) => Array.from({ length: count }, make);

describe('tasks one after the other', () => {
  it('each task sees those before it: their group, their resources, their ports', () => {
    const there = [instance('a', { remaining: { networkInterfaces: 1 } }), instance('b')];
    const own = { constraints: [{ type: 'distinctInstance' }] } as const;
    const vpc = { networkMode: 'awsvpc', group: 'service:api' } as const;
    const ported = task([{ tcpPorts: [80], cpu: 1024 }]);
    const ask = (...tasks: readonly PlacementTask[]) => answersTo(problem(there, tasks));
    expect(ask(...times(3, () => task([{}], own)))).toEqual(['on a', 'on b', 'DistinctInstance 2']);
    expect(ask(...times(4, () => task([{}], vpc))).at(-1)).toBe('NetworkInterfaces 2');
    expect(ask(ported, ported, ported)).toEqual(['on a', 'on b', 'Ports 2']);
    expect(ask(...times(9, () => task([{ cpu: 1000 }]))).at(-1)).toBe('Cpu 2');
    expect(ask(...times(5, () => task([{ memoryMiB: 8192 }]))).at(-1)).toBe('Memory 2');
    expect(ask(...times(3, () => task([{ udpPorts: [80] }]))).at(-1)).toBe('Ports 2');
  });

  it('a GPU is given once', () => {
    const there = [instance('a', { remaining: { gpus: 1 } })];
    const asked = times(2, () => task([{ gpus: 1 }]));
    expect(answersTo(problem(there, asked))).toEqual(['on a', 'Gpu']);
  });

  it('a refused task leaves nothing behind, and one with a fault removes nobody', () => {
    const there = [instance('a', { remaining: { cpu: 256 } })];
    const twice = task([{ tcpPorts: [1, 1] }]);
    const asked = [task([{ cpu: 300 }]), twice, task()];
    expect(answersTo(problem(there, asked))).toEqual(['Cpu', 'PortTwice', 'on a']);
  });
});
