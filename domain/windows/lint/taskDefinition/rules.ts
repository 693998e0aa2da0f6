import { containerRules } from './containers.ts';
import { imageRules } from './images.ts';
import { lifecycleRules } from './lifecycle.ts';
import { loggingRules } from './logging.ts';
import { networkRules } from './network.ts';
import { parameterRules } from './parameters.ts';
import { platformRules } from './platform.ts';
import { resourceRules } from './resources.ts';
import { roleRules } from './roles.ts';
import { shapeRules } from './shape.ts';
import { volumeRules } from './volumes.ts';

/** Every rule for task definitions, by id. */
export const taskDefinitionRules = {
  ...shapeRules,
  ...containerRules,
  ...platformRules,
  ...parameterRules,
  ...resourceRules,
  ...networkRules,
  ...volumeRules,
  ...loggingRules,
  ...roleRules,
  ...lifecycleRules,
  ...imageRules,
};
