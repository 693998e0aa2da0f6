import * as z from 'zod';

const milliseconds = z.int().nonnegative();

export const RebuildProject = z.object({
  /** `<registry>/<path>` as the task definitions write it. */
  repository: z.string().min(1).max(500),
  /** Of the account and Region that Tuesday runs in. */
  project: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{1,254}$/),
  /** A commit, branch or tag; absent: what the project says. */
  sourceVersion: z.string().min(1).max(256).optional(),
});
export type RebuildProject = z.infer<typeof RebuildProject>;

/** As CloudWatch names them. */
export const AlarmState = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']);
export type AlarmState = z.infer<typeof AlarmState>;

export const RolloutPolicy = z.object({
  /** Halt when this many tasks failed to start on what the rollout made. */
  taskStartFailuresMax: z.int().min(1),
  /**
   * An image may run ahead of its instance once it has waited this long; 0 in an emergency
   * (decision 7).
   */
  imageAheadAfterMs: milliseconds,
  rebuildDeadlineMs: milliseconds,
  drainDeadlineMs: milliseconds,
  replacementDeadlineMs: milliseconds,
  deploymentDeadlineMs: milliseconds,
  /**
   * A rollout of which nothing has moved for so long, while it might have, ends with what is left.
   * Absent: as long as one drain may take.
   */
  standstillDeadlineMs: milliseconds.optional(),
  /**
   * The task that proves a new instance: one family for each Windows, `<canaryFamily>-2022` and so
   * on. Absent: the first service task that runs there proves it.
   */
  canaryFamily: z.string().optional(),
  /**
   * A rollout is planned once no release has appeared for this long: Microsoft publishes tag after
   * tag.
   */
  settleMs: milliseconds,
  /**
   * `surge`: launch the new instance first, one above the desired capacity, and end the old one
   * with decrement. Absent, or `inPlace`: end the old one, and its group launches another.
   */
  replacement: z.enum(['inPlace', 'surge']).optional(),
  /**
   * `required`: an instance is not begun unless the AMI that it runs on could be launched from
   * again. Absent: nobody asks. AWS makes all but the newest of its Windows AMIs private.
   */
  rollbackAmi: z.enum(['required']).optional(),
  /**
   * `newVersion`: where a group launches from a template that names an older AMI of AWS's, a
   * version that differs only in the AMI is made, and the group launches from it. Absent: the
   * template is its owner's, and instances of the group are held until it is renewed.
   */
  launchTemplate: z.enum(['newVersion']).optional(),
  /** Started by Tuesday as soon as it is planned, or by a person. */
  start: z.enum(['automatic', 'manual']),
  /**
   * Treat a release on any day but Patch Tuesday as an emergency: images do not wait for instances.
   */
  outOfBandIsEmergency: z.boolean(),
  /**
   * Write `tuesday.os-build` on an instance whose build is only inferred from the date of its AMI.
   * Absent: it stays without, and services that are constrained stay off it.
   */
  labelInferredBuilds: z.boolean().optional(),
  /**
   * CodeBuild projects that rebuild the images of a repository: started by Tuesday, besides the
   * event on its bus. Absent, or none for the repository: whoever listens to the bus rebuilds.
   */
  rebuildProjects: z.array(RebuildProject.readonly()).max(200).readonly().optional(),
  /**
   * CloudWatch alarms, by name: a rollout halts when one of them goes into ALARM, and begins
   * nothing while the state of one is not known.
   */
  haltAlarms: z.array(z.string().min(1).max(255)).max(100).readonly().optional(),
  /**
   * Pull rebuilt images onto the instances where their services run before these are deployed, by
   * a task of so much memory that is given so long. Absent: nothing is pulled beforehand. The
   * budget must list the reason `prefetch` too.
   */
  prefetch: z
    .object({ memoryMiB: z.int().min(256).max(16_384), deadlineMs: milliseconds.min(60_000) })
    .readonly()
    .optional(),
});
export type RolloutPolicy = z.infer<typeof RolloutPolicy>;
