import type { Contract } from './contract/contract.ts';
import { routes } from './routes.ts';

/** Every contract of the API, in the order of `openapi.json`. */
export const contracts: readonly Contract[] = routes.map(({ contract }) => contract);
