import type { HeldResources, RemainingResources } from '../placementProblem.ts';

/**
 * All tasks at once onto as few new instances as can be: for headroom, cluster scaling and
 * consolidation. The order of tasks, instances and types means nothing.
 */
export type PackingProblem = {
  readonly tasks: readonly PackingTask[];
  /** Instances that may take tasks; the caller leaves out those that may not. */
  readonly instances: readonly PackingInstance[];
  readonly instanceTypes: readonly OfferedType[];
};

/** Needs are whole numbers, none negative. */
export type PackingTask = {
  readonly id: string;
  readonly group: string;
  /**
   * It shares its instance with no other task of its group, distinct or not. Stricter than ECS,
   * whose `distinctInstance` is asked of the later task alone: a plan has no later and earlier.
   */
  readonly isDistinct: boolean;
  readonly needs: HeldResources;
};

export type PackingInstance = {
  /** The container instance ARN. */
  readonly id: string;
  /** What is free for tasks: the reserve of the operating system is taken off by the caller. */
  readonly remaining: RemainingResources;
  /** Already taken off `remaining`. */
  readonly tasks: readonly PackingTask[];
};

/** An instance type that may be launched, as often as `countMax` allows. */
export type OfferedType = {
  readonly id: string;
  /** After the reserve of the operating system; its ports are those that the agent keeps. */
  readonly capacity: RemainingResources;
  /** `null`: no limit. */
  readonly countMax: number | null;
  /** In any unit, the same for all types. Where one type has `null`, no cost is looked at. */
  readonly cost: number | null;
};

export type PackingPlan = {
  /** By instance id; instances that get nothing are not listed. */
  readonly placed: readonly { readonly instanceId: string; readonly taskIds: readonly string[] }[];
  readonly launched: readonly { readonly typeId: string; readonly taskIds: readonly string[] }[];
  readonly launchedByType: readonly { readonly typeId: string; readonly count: number }[];
  /** By task id. */
  readonly unplaced: readonly { readonly taskId: string; readonly reason: UnplacedReason }[];
  readonly lowerBound: LowerBound;
};

/**
 * `NothingOffered`: neither an instance nor a type. `PortTwice`: it wants one port of one protocol
 * twice. From `Cpu` to `DistinctInstance`: of the places that passed every rule before it, this one
 * removed the last, with none of the other tasks of the problem placed. `CountMax`: a type would
 * hold it, but no more may be launched. `Taken`: only instances would, and other tasks have that
 * room.
 */
export type UnplacedReason =
  | 'NothingOffered'
  | 'PortTwice'
  | 'Cpu'
  | 'Memory'
  | 'Gpu'
  | 'Ports'
  | 'NetworkInterfaces'
  | 'DistinctInstance'
  | 'CountMax'
  | 'Taken';

/**
 * No plan, by whatever method, that places every task which some offered type would hold launches
 * fewer instances. Limits of types are left out of it.
 */
export type LowerBound = {
  readonly instances: number;
  readonly by: BoundName;
  /** The resource, group or port it was found on; `null`: on all of them, or none. */
  readonly of: string | null;
};

export type BoundName =
  | 'None'
  | 'Sum'
  | 'MartelloToth'
  | 'DistinctGroup'
  | 'Port'
  | 'ColumnGeneration';

export const byId = (a: { readonly id: string }, b: { readonly id: string }) =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
