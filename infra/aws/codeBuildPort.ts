import type { EffectId, Instant } from '../../events/ids.ts';

export type Build = {
  readonly buildId: string;
  /** `IN_PROGRESS`, `SUCCEEDED`, `FAILED`, `FAULT`, `TIMED_OUT` or `STOPPED`. */
  readonly status: string;
  readonly startedAt?: Instant | undefined;
  readonly endedAt?: Instant | undefined;
  /** The effect that it was started for; absent on builds that Tuesday did not start. */
  readonly effectId?: EffectId | undefined;
};

export type CodeBuildGateway = {
  /**
   * Starts a build and returns its id. CodeBuild knows `effectId` as a token for five minutes only;
   * after a longer while `findBuild` tells whether there is one.
   */
  readonly startBuild: (request: {
    readonly project: string;
    readonly effectId: EffectId;
    readonly sourceVersion?: string | undefined;
    /** Set in the build beside, or instead of, what the project sets. */
    readonly environment: Readonly<Record<string, string>>;
  }) => Promise<string>;
  /** Left out: builds that do not exist. */
  readonly batchGetBuilds: (buildIds: readonly string[]) => Promise<readonly Build[]>;
  /**
   * The build of `project` that was started for the effect, among those since `since`; `undefined`
   * where all of these were looked at and none is. Throws where there are too many to look at.
   */
  readonly findBuild: (request: {
    readonly project: string;
    readonly effectId: EffectId;
    readonly since: Instant;
  }) => Promise<Build | undefined>;
};
