import type { Rollout } from '../../domain/rollout/rolloutState.ts';
import { chanceFrom, draw, drawHex, drawOne } from '../../domain/simulation/chance.ts';
import { addVersion, versionNamed } from '../../domain/simulation/launchTemplates.ts';
import type { Scenario } from '../../domain/simulation/scenario.ts';
import type { Group, World } from '../../domain/simulation/world.ts';
import type { RolloutId } from '../../events/ids.ts';
import type { RolloutPolicy } from '../../events/rolloutPolicy.ts';
import type { Faults } from './faultPlan.ts';

// Groups whose launch template names an AMI, and what befalls such a template.

const chanceOf = (seed: number) => chanceFrom(seed * 67 + 37);

/** In one seed of three; by a chance of its own, so that the others are as they were. */
const isPinned = (seed: number): boolean => draw(chanceOf(seed)) < 0.34;

export const maybePinned = (seed: number, scenario: Scenario): Scenario => {
  if (!isPinned(seed)) return scenario;
  const chance = chanceFrom(seed * 71 + 41);
  const groups = scenario.groups.map((group) => {
    const templateId = `lt-0${drawHex(chance, 16)}`;
    const version = drawOne(chance, ['1', '$Latest', '$Default']);
    const ami = scenario.amis
      .filter(({ family, publishedAt }) => {
        return family === group.amiFamily && publishedAt <= scenario.startsAt;
      })
      .toSorted((a, b) => b.publishedAt - a.publishedAt)[0];
    if (ami === undefined) return group;
    return { ...group, launchesFrom: { templateId, version, image: ami.amiId } };
  });
  return { ...scenario, groups };
};

/** Where it is not Tuesday's to renew, the owner renews it now and then (`templateRenewed`). */
export const drawTemplates = (seed: number): Pick<RolloutPolicy, 'launchTemplate'> =>
  isPinned(seed) && draw(chanceFrom(seed * 73 + 43)) < 0.85 ? { launchTemplate: 'newVersion' } : {};

/** What was made with a token was made for Tuesday. */
const isOfTuesday = ({ template }: Group): boolean =>
  template !== undefined && versionNamed(template, template.version)?.clientToken !== undefined;

/**
 * Terraform applies what its owner wrote, or the owner writes another version. Answers with the
 * rollouts that an operator aborts because of it.
 */
export const befallTemplates = (
  world: World,
  faults: Faults,
  rollouts: Iterable<Rollout>,
): readonly RolloutId[] => {
  const groups = Object.values(world.groups).filter(({ template }) => template !== undefined);
  if (groups.length === 0) return [];
  const renewed = groups.filter(isOfTuesday);
  if (renewed.length > 0 && faults.hits('templateSetBack')) {
    setBack(world, drawOne(faults.ofTemplates, renewed));
  }
  if (faults.hits('templateRenewed')) renew(world, drawOne(faults.ofTemplates, groups));
  const abandoned: RolloutId[] = [];
  for (const { rolloutId, status, effects, groups: changed, instances } of rollouts) {
    for (const effect of Object.values(effects)) {
      const group = effect.kind === 'renewTemplate' ? world.groups[effect.groupName] : undefined;
      if (group !== undefined && faults.hits('templateOvertaken')) renew(world, group);
    }
    const isRenewed = Object.values(changed).some(({ template }) => template?.set !== undefined);
    const isNew = Object.values(instances).every((each) => each.status !== 'done');
    if (status !== 'running' || !isRenewed || !isNew) continue;
    if (faults.hits('abortedOnTemplate')) abandoned.push(rolloutId);
  }
  return abandoned;
};

const setBack = (world: World, { template, launchesFrom }: Group) => {
  const first = template?.versions[0];
  if (template === undefined || first === undefined || launchesFrom === undefined) return;
  if (launchesFrom.version === '$Latest') addVersion(world, template, first.image, first);
  template.version = launchesFrom.version;
};

const renew = (world: World, { template, amiFamily }: Group) => {
  const newest = world.amis.filter(({ family }) => family === amiFamily).at(-1);
  if (template === undefined || newest === undefined) return;
  const { number } = addVersion(world, template, newest.amiId);
  if (template.version === '$Default') template.default = number;
  else if (template.version !== '$Latest') template.version = String(number);
};
