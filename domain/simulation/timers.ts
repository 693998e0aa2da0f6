import type { World } from './world.ts';

export type TaskStep =
  | 'pend'
  | 'activate'
  | 'pulled'
  | 'run'
  | 'healthy'
  | 'exit'
  | 'stopping'
  | 'deprovision'
  | 'stop'
  | 'forget';

export type InstanceStep =
  | 'boot'
  | 'register'
  | 'blip'
  | 'reconnect'
  | 'hookTimeout'
  | 'interrupt'
  | 'vanish'
  | 'forget';

export type Due =
  | { readonly kind: 'task'; readonly id: string; readonly step: TaskStep }
  | { readonly kind: 'instance'; readonly id: string; readonly step: InstanceStep }
  | { readonly kind: 'service'; readonly id: string }
  | { readonly kind: 'steadyState'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string }
  | { readonly kind: 'release'; readonly index: number }
  | { readonly kind: 'tagMove'; readonly index: number }
  | { readonly kind: 'ami'; readonly index: number }
  | { readonly kind: 'build'; readonly id: string }
  | { readonly kind: 'token'; readonly id: string }
  | { readonly kind: 'deliver'; readonly event: unknown };

export type Timer = { readonly at: number; readonly sequence: number; readonly due: Due };

/**
 * Runs `due` at the instant `at`, never before now; ties run in the order in which they were
 * scheduled.
 */
export const schedule = (world: World, at: number, due: Due): void => {
  const timer = { at: Math.max(Math.round(at), world.now), sequence: world.timerSequence++, due };
  const heap = world.timers;
  heap.push(timer);
  let index = heap.length - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!isBefore(heap, index, parent)) break;
    swap(heap, index, parent);
    index = parent;
  }
};

export const takeDue = (world: World, until: number): Timer | undefined => {
  const heap = world.timers;
  const first = heap[0];
  if (first === undefined || first.at > until) return undefined;
  const last = heap.pop();
  if (last !== undefined && heap.length > 0) {
    heap[0] = last;
    sink(heap);
  }
  return first;
};

const sink = (heap: Timer[]) => {
  let index = 0;
  for (;;) {
    const left = index * 2 + 1;
    let least = index;
    if (isBefore(heap, left, least)) least = left;
    if (isBefore(heap, left + 1, least)) least = left + 1;
    if (least === index) return;
    swap(heap, index, least);
    index = least;
  }
};

const isBefore = (heap: Timer[], one: number, other: number): boolean => {
  const a = heap[one];
  const b = heap[other];
  if (a === undefined || b === undefined) return false;
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
};

const swap = (heap: Timer[], one: number, other: number) => {
  const a = heap[one];
  const b = heap[other];
  if (a === undefined || b === undefined) return;
  heap[one] = b;
  heap[other] = a;
};
