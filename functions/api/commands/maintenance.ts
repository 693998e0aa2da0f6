import { identity } from '../../../domain/identity.ts';
import { ledger, ledgerStream } from '../../../domain/maintenance/ledger.ts';
import { type MaintenanceCommand, maintenance } from '../../../domain/maintenance/maintenance.ts';
import { everything, maintenanceStream } from '../../../domain/maintenance/maintenanceState.ts';
import type { setBudget } from '../contract/budget.ts';
import type * as contract from '../contract/maintenance.ts';
import type { ApiTools, Caller, Handle } from '../route.ts';
import { refuseUnseen } from './refuseUnseen.ts';
import { tell } from './tell.ts';

export const setWindows: Handle<typeof contract.setWindows> = async (asked, caller, tools) => {
  const { parameters, body } = asked;
  const { actor, now } = caller;
  const command = { type: 'SetWindows', ...body, actor, now } as const;
  const { state, changed } = await ofCluster(parameters.cluster, command, caller, tools);
  return { windows: state.windows, closing: state.closing, changed };
};

export const beginFreeze: Handle<typeof contract.beginFreeze> = async (asked, caller, tools) => {
  const { parameters, body } = asked;
  const command = freezing(body, caller);
  const { changed } = await ofCluster(parameters.cluster, command, caller, tools);
  return { freezeId: command.freezeId, changed };
};

export const freezeEverything: Handle<typeof contract.freezeEverything> = async (
  { body },
  caller,
  tools,
) => {
  const command = freezing({ ...body, scope: { kind: 'cluster' } as const }, caller);
  const { changed } = await of(everything, command, caller, tools);
  return { freezeId: command.freezeId, changed };
};

/** The same request again is the same freeze. */
const freezing = <Body>(body: Body, { actor, now, commandId }: Caller) => ({
  type: 'BeginFreeze' as const,
  freezeId: identity('freeze', commandId),
  ...body,
  actor,
  now,
});

export const liftFreeze: Handle<typeof contract.liftFreeze> = async (asked, caller, tools) => {
  const { cluster: name, freezeId } = asked.parameters;
  const { actor, now } = caller;
  const command = { type: 'LiftFreeze', freezeId, ...asked.body, actor, now } as const;
  const { changed } = await ofCluster(name, command, caller, tools);
  return { changed };
};

export const liftFreezeOfEverything: Handle<typeof contract.liftFreezeOfEverything> = async (
  { parameters, body },
  caller,
  tools,
) => {
  const { actor, now } = caller;
  const command = { type: 'LiftFreeze', ...parameters, ...body, actor, now } as const;
  const { changed } = await of(everything, command, caller, tools);
  return { changed };
};

export const beginOverride: Handle<typeof contract.beginOverride> = async (
  { parameters, body },
  caller,
  tools,
) => {
  const { actor, now, commandId } = caller;
  const overrideId = identity('override', commandId);
  const command = { type: 'BeginOverride', overrideId, ...body, actor, now } as const;
  const { changed } = await ofCluster(parameters.cluster, command, caller, tools);
  return { overrideId, changed };
};

export const endOverride: Handle<typeof contract.endOverride> = async (asked, caller, tools) => {
  const { cluster: name, overrideId } = asked.parameters;
  const { actor, now } = caller;
  const command = { type: 'EndOverride', overrideId, ...asked.body, actor, now } as const;
  const { changed } = await ofCluster(name, command, caller, tools);
  return { changed };
};

export const changeBudget: Handle<typeof setBudget> = async (asked, caller, tools) => {
  const { parameters, body: budget } = asked;
  await refuseUnseen(parameters.cluster, tools);
  const { actor, now } = caller;
  const command = { type: 'SetBudget', budget, actor, now } as const;
  const stream = ledgerStream(parameters.cluster);
  const { events } = await tell(tools, caller, ledger, stream, command);
  return { budget, changed: events.length > 0 };
};

const ofCluster = async (
  name: string,
  command: MaintenanceCommand,
  caller: Caller,
  tools: ApiTools,
) => {
  await refuseUnseen(name, tools);
  return of(name, command, caller, tools);
};

const of = async (name: string, command: MaintenanceCommand, caller: Caller, tools: ApiTools) => {
  const stream = maintenanceStream(name);
  const { state, events } = await tell(tools, caller, maintenance, stream, command);
  return { state, changed: events.length > 0 };
};
