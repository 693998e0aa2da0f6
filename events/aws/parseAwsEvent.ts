import type { ParkedReason } from '../parked.ts';
import { type Ec2StateChange, ec2StateChange } from './ec2StateChange.ts';
import { type EcrImageAction, ecrImageAction } from './ecrImageAction.ts';
import {
  type EcsContainerInstanceStateChange,
  ecsContainerInstanceStateChange,
} from './ecsContainerInstance.ts';
import { type EcsDeploymentStateChange, ecsDeploymentStateChange } from './ecsDeployment.ts';
import { type EcsServiceAction, ecsServiceAction } from './ecsServiceAction.ts';
import { type EcsTaskStateChange, ecsTaskStateChange } from './ecsTask.ts';
import { Envelope } from './envelope.ts';
import type { EventKind, IgnoredReason } from './eventKind.ts';
import { readBody } from './readBody.ts';
import {
  type RebalanceRecommendation,
  rebalanceRecommendation,
} from './rebalanceRecommendation.ts';
import { objectionToArns, objectionToCluster, objectionToOrigin, type Scope } from './scope.ts';
import { type SpotInterruptionWarning, spotInterruptionWarning } from './spotInterruption.ts';
import { type TerminateLifecycleAction, terminateLifecycleAction } from './terminateLifecycle.ts';
import { quoted } from './text.ts';

/** An AWS event in the words of the record. */
export type AwsEvent =
  | EcsTaskStateChange
  | EcsContainerInstanceStateChange
  | EcsServiceAction
  | EcsDeploymentStateChange
  | EcrImageAction
  | SpotInterruptionWarning
  | RebalanceRecommendation
  | Ec2StateChange
  | TerminateLifecycleAction;

export type ParsedAwsEvent =
  | { readonly outcome: 'accepted'; readonly event: AwsEvent }
  | { readonly outcome: 'ignored'; readonly reason: IgnoredReason; readonly detail: string }
  | { readonly outcome: 'parked'; readonly reason: ParkedReason; readonly remedy: string };

/** Every kind that Tuesday acts on, by its `detail-type`. */
const kinds: ReadonlyMap<string, EventKind<AwsEvent>> = new Map(
  (
    [
      ecsTaskStateChange,
      ecsContainerInstanceStateChange,
      ecsServiceAction,
      ecsDeploymentStateChange,
      ecrImageAction,
      spotInterruptionWarning,
      rebalanceRecommendation,
      ec2StateChange,
      terminateLifecycleAction,
    ] satisfies readonly EventKind<AwsEvent>[]
  ).map((kind) => [kind.detailType, kind]),
);

/**
 * Reads one body from the queue. Unknown fields are tolerated; what cannot be acted on is parked
 * with its reason and a remedy that names the field. Never throws, whatever comes: one bad body
 * must not hold up its neighbours.
 */
export const parseAwsEvent = (body: unknown, scope: Scope): ParsedAwsEvent => {
  const read = readBody(body);
  if (read.status === 'unparsable') return parked('Unparsable', read.remedy);
  if (typeof read.value !== 'object' || read.value === null || Array.isArray(read.value)) {
    return parked('Unparsable', 'the body is JSON but no object; send one event a message');
  }
  const envelope = Envelope.safeParse(read.value);
  if (!envelope.success) {
    const issue = envelope.error.issues[0];
    return parked('NotAnEvent', `${issue?.path.join('.')}: ${issue?.message}; is it an event?`);
  }
  return parseDetail(envelope.data, scope);
};

const parseDetail = (envelope: Envelope, scope: Scope): ParsedAwsEvent => {
  const kind = kinds.get(envelope['detail-type']);
  if (kind === undefined) {
    const named = quoted(envelope['detail-type']);
    return parked('UnknownDetailType', `Tuesday does not act on ${named}; narrow the rule`);
  }
  if (envelope.source !== kind.source) {
    const sources = `comes from ${kind.source}, not from ${quoted(envelope.source)}`;
    return parked('SourceMismatch', `${kind.detailType} ${sources}; check who sent it`);
  }
  const origin = objectionToOrigin(envelope, scope);
  if (origin !== undefined) return parked(origin.reason, origin.remedy);
  const reading = kind.read(envelope);
  if (reading.outcome === 'ignored') return reading;
  if (reading.outcome === 'malformed') {
    return parked('DetailMalformed', `${reading.field}: ${reading.problem}`);
  }
  const objection =
    objectionToArns(envelope, reading.clusterArn) ?? objectionToCluster(reading.clusterArn, scope);
  if (objection !== undefined) return parked(objection.reason, objection.remedy);
  return { outcome: 'accepted', event: reading.event };
};

const remedyMax = 500;

const parked = (reason: ParkedReason, remedy: string): ParsedAwsEvent => ({
  outcome: 'parked',
  reason,
  remedy: remedy.slice(0, remedyMax),
});
