import type { Channel, Flavour } from '../../../../events/ids.ts';
import { channelNamed, familyNamed, flavourNamed, type ImageFamily } from '../imageFacts.ts';
import type { Dockerfile, Instruction } from './parse.ts';

export type Stage = {
  readonly from: Instruction;
  readonly name: string | undefined;
  /** Its base with arguments put in; of a stage on another stage, the name of that. */
  readonly image: string;
  /** Arguments without a default: the base is known at build time alone. */
  readonly unset: readonly string[];
  readonly parent: Stage | undefined;
  readonly instructions: readonly Instruction[];
  /** The three as its base says, or the base of the stage that it stands on. */
  readonly family: ImageFamily;
  readonly flavour: Flavour | undefined;
  readonly channel: Channel | undefined;
  /** The SHELL that a stage on this one begins with. */
  readonly shellAtEnd: readonly string[] | undefined;
};

/** The stages in their order, each with what it stands on. */
export const stagesOf = ({ instructions }: Dockerfile): readonly Stage[] => {
  const first = instructions.findIndex(({ keyword }) => keyword === 'FROM');
  if (first === -1) return [];
  const defaults = argumentDefaults(instructions.slice(0, first));
  const stages: Stage[] = [];
  const named = new Map<string, Stage>();
  const starts = instructions.flatMap(({ keyword }, index) => (keyword === 'FROM' ? [index] : []));
  for (const [number, start] of starts.entries()) {
    const from = instructions[start];
    if (from === undefined) continue;
    const body = instructions.slice(start + 1, starts[number + 1] ?? instructions.length);
    const stage = stageOf(from, body, defaults, named);
    stages.push(stage);
    if (stage.name !== undefined) named.set(stage.name.toLowerCase(), stage);
  }
  return stages;
};

type Defaults = ReadonlyMap<string, string | undefined>;

const argumentDefaults = (before: readonly Instruction[]): Defaults => {
  const defaults = new Map<string, string | undefined>();
  for (const { keyword, text } of before) {
    if (keyword !== 'ARG') continue;
    for (const [, name = '', value] of text.matchAll(/(\w+)(?:=("[^"]*"|'[^']*'|\S*))?/g)) {
      const bare = value?.replace(/^(["'])(.*)\1$/, '$2');
      defaults.set(name, bare === undefined ? undefined : filledIn(bare, defaults).text);
    }
  }
  return defaults;
};

/** `$NAME`, `${NAME}` and `${NAME:-otherwise}`; what has no value stays as it is, and is named. */
const filledIn = (text: string, defaults: Defaults) => {
  const unset: string[] = [];
  const filled = text.replace(
    /\$(?:(\w+)|\{(\w+)(?::-([^}]*))?\})/g,
    (whole, plain: string | undefined, braced: string | undefined, otherwise?: string) => {
      const name = plain ?? braced ?? '';
      const value = defaults.get(name) ?? otherwise;
      if (value === undefined) unset.push(name);
      return value ?? whole;
    },
  );
  return { text: filled, unset };
};

const stageOf = (
  from: Instruction,
  instructions: readonly Instruction[],
  defaults: Defaults,
  named: ReadonlyMap<string, Stage>,
): Stage => {
  const [base = '', as = '', name] = from.text.split(/\s+/);
  const { text: image, unset } = filledIn(base, defaults);
  const parent = named.get(image.toLowerCase());
  return {
    from,
    name: as.toUpperCase() === 'AS' ? name : undefined,
    image,
    unset,
    parent,
    instructions,
    family: parent?.family ?? (unset.length > 0 ? 'unknown' : familyNamed(image)),
    flavour: parent === undefined ? flavourNamed(image) : parent.flavour,
    channel: parent === undefined ? channelNamed(image) : parent.channel,
    shellAtEnd:
      instructions.findLast(({ keyword }) => keyword === 'SHELL')?.words ?? parent?.shellAtEnd,
  };
};

/** By name, in any case. */
export const stageNamed = (name: string, stages: readonly Stage[]): Stage | undefined =>
  stages.findLast((each) => each.name?.toLowerCase() === name.toLowerCase());

/** The last stage and those that it stands on: what they leave behind is in the image. */
export const shippedStages = (stages: readonly Stage[]): readonly Stage[] => {
  const shipped: Stage[] = [];
  for (let stage = stages.at(-1); stage !== undefined; stage = stage.parent) shipped.push(stage);
  return shipped.toReversed();
};

/** Each instruction with the SHELL that is in force there, if one was set. */
export const withShell = (
  stage: Stage,
): readonly {
  readonly instruction: Instruction;
  readonly shell: readonly string[] | undefined;
}[] => {
  let shell = stage.parent?.shellAtEnd;
  return stage.instructions.map((instruction) => {
    if (instruction.keyword === 'SHELL') shell = instruction.words;
    return { instruction, shell };
  });
};
