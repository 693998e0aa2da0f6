import * as z from 'zod';
import { question } from './contract.ts';

export const describeApi = question({
  name: 'describeApi',
  path: '/openapi.json',
  summary: 'This description (OpenAPI 3.1)',
  answer: z.looseObject({ openapi: z.string() }),
});
