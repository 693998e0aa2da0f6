import type { Randomness } from './randomness.ts';

/** How likely each thing is within one problem, from 0. */
export type Mood = Readonly<Record<(typeof trouble)[number], number>>;

/** Each is absent from many problems, so that what stands behind it is reached as well. */
const trouble = [
  'unusable',
  'tightCpu',
  'tightMemory',
  'gpus',
  'ports',
  'portTwice',
  'fullOfPorts',
  'dynamicPorts',
  'awsvpc',
  'requiredAttributes',
  'distinctInstance',
  'memberOf',
  'noMemoryLimit',
  'unknownBuild',
  'unknownImageBuild',
  'otherRelease',
  'hostVolume',
  'missingAttribute',
  'valuelessAttribute',
  'unknownLayers',
  'random',
] as const;

const levels: Readonly<Record<(typeof trouble)[number], readonly number[]>> = {
  unusable: [0, 0.05, 0.2],
  tightCpu: [0, 0.1, 0.4],
  tightMemory: [0, 0.1, 0.4],
  gpus: [0, 0, 0.15],
  ports: [0, 0.2, 0.6],
  portTwice: [0, 0, 0.1],
  fullOfPorts: [0, 0, 0.8],
  dynamicPorts: [0, 0, 0.1],
  awsvpc: [0, 0.1, 0.4],
  requiredAttributes: [0, 0.05, 0.2],
  distinctInstance: [0, 0.1, 0.4],
  memberOf: [0, 0.1, 0.3],
  noMemoryLimit: [0, 0, 0.08],
  unknownBuild: [0, 0, 0.3],
  unknownImageBuild: [0, 0, 0.06],
  otherRelease: [0, 0.15, 0.4],
  hostVolume: [0, 0.05, 0.2],
  missingAttribute: [0, 0.15, 0.5],
  valuelessAttribute: [0, 0.15, 0.3],
  unknownLayers: [0, 0.1, 0.4],
  random: [0.05, 0.3],
};

export const randomMood = ({ pick }: Randomness): Mood =>
  Object.fromEntries(trouble.map((name) => [name, pick(levels[name])])) as Mood;
