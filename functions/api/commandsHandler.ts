import { lambdaTools } from '../../infra/composition.ts';
import { http } from '../http.ts';
import { commands } from './commands.ts';

export const handler = http(commands, lambdaTools);
