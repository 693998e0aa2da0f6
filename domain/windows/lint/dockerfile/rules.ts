import { baseRules } from './bases.ts';
import { commandRules } from './commands.ts';
import { escapeRules } from './escapes.ts';
import { runtimeRules } from './runtime.ts';

/** Every rule for Dockerfiles, by id. */
export const dockerfileRules = { ...escapeRules, ...baseRules, ...commandRules, ...runtimeRules };
