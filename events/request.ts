import * as z from 'zod';
import { fact } from './fact.ts';
import { Instant } from './ids.ts';

// Stream request#<who and which key, as one digest>: a command that came over the API, and what it
// was answered, so that asked again it is answered the same.

export const RequestEvent = z.discriminatedUnion('type', [
  fact('RequestAccepted', {
    /** The signer, as API Gateway verified it. */
    actor: z.string(),
    method: z.string(),
    path: z.string(),
    /** SHA-256 over method, path, query and body: the key stands for these and no others. */
    content: z.string(),
    acceptedAt: Instant,
  }),
  fact('RequestAnswered', {
    status: z.int().min(200).max(499),
    /** JSON text, to the letter. */
    body: z.string(),
    answeredAt: Instant,
  }),
]);
export type RequestEvent = z.infer<typeof RequestEvent>;
