import type { Instant } from '../../events/ids.ts';
import type { LambdaTools } from '../../infra/composition.ts';
import type { Answer, Asked, Contract } from './contract/contract.ts';

export type ApiTools = Pick<LambdaTools, 'store' | 'views' | 'scope' | 'now'>;

/** Who asks and when. Of a command `now` is when it was first asked. */
export type Caller = {
  readonly actor: string;
  readonly now: Instant;
  /** Names what this request commits, so that it commits once. */
  readonly commandId: string;
  /** It was begun before, and how far it came is not known. */
  readonly isRetry: boolean;
};

export type Handle<C extends Contract> = (
  asked: Asked<C>,
  caller: Caller,
  tools: ApiTools,
) => Promise<Answer<C>>;

export type Route = { readonly contract: Contract; readonly handle: Handle<Contract> };

/** A contract with the one who keeps it. */
export const route = <C extends Contract>(contract: C, handle: Handle<C>): Route => ({
  contract,
  handle: handle as Handle<Contract>,
});
