import { lambdaTools } from '../../infra/composition.ts';
import { http } from '../http.ts';
import { queries } from './queries.ts';

export const handler = http(queries, lambdaTools);
