import { CelEngine, type Engine, TemplateFile } from '@aws/cloudformation-validate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { templateFile } from '../support/deployed/synthesise.ts';

describe('the template', () => {
  let engine: Engine;
  beforeAll(() => {
    engine = new CelEngine();
  });
  afterAll(() => engine.free());

  it.each(['observe', 'advise', 'drive'] as const)(
    'in mode %s is what CloudFormation takes',
    (mode) => {
      const { diagnostics } = engine.validateStandard(new TemplateFile(templateFile(mode)));
      const bad = diagnostics.filter(
        ({ severity }) => severity === 'FATAL' || severity === 'ERROR',
      );
      expect(bad.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
      // It does say something, so that an engine that is silent does not pass for a clean template.
      expect(diagnostics).not.toHaveLength(0);
    },
  );
});
