import { parentPort, workerData } from 'node:worker_threads';
import { makespanOf } from './rolloutMakespan.ts';

// One of several threads that share the seeds (rollout.ts).

parentPort?.postMessage((workerData as readonly number[]).map(makespanOf));
