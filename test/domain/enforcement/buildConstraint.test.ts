import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allowedBuilds,
  buildsMost,
  constrainedTo,
  ownersConstraints,
} from '../../../domain/enforcement/buildConstraint.ts';
import { expressionLengthMax } from '../../../domain/placement/query/limits.ts';
import { compareBuilds } from '../../../domain/windows/build.ts';
import { WindowsBuild } from '../../../events/ids.ts';
import { october, september } from '../../support/fleetBuilder.ts';

const member = (expression: string) => ({ type: 'memberOf', expression });
const anyBuild = fc
  .record({ major: fc.constantFrom(17763, 20348, 26100), revision: fc.nat(99_999) })
  .map(({ major, revision }) => WindowsBuild.parse(`${major}.${revision}`));
const anyBuilds = fc.uniqueArray(anyBuild, { minLength: 1, maxLength: buildsMost });
const anyOwners = fc.array(
  fc.constantFrom(
    { type: 'distinctInstance' },
    member('attribute:ecs.instance-type =~ m5.*'),
    member('attribute:tuesday.os-build in [20348.1] and attribute:disk == ssd'),
    member('what ECS may read, and Tuesday may not'),
  ),
  { maxLength: 9 },
);

describe('the constraint of a service', () => {
  it('is a list of builds, oldest first', () => {
    expect(constrainedTo([], [october, september])).toEqual([
      member('attribute:tuesday.os-build in [20348.4171, 20348.4294]'),
    ]);
  });

  it('is read back as it was written, and fits into an expression', () => {
    fc.assert(
      fc.property(anyBuilds, anyOwners, (builds, owners) => {
        const written = constrainedTo(owners, builds);
        expect(allowedBuilds(written)).toEqual(builds.toSorted(compareBuilds));
        for (const { expression = '' } of written) {
          expect(expression.length).toBeLessThanOrEqual(expressionLengthMax);
        }
      }),
    );
  });

  it('leaves what the owner asks for as it is, and takes the place of an older one', () => {
    fc.assert(
      fc.property(anyBuilds, anyBuilds, anyOwners, (older, newer, owners) => {
        const once = constrainedTo(owners, older);
        expect(ownersConstraints(once)).toEqual(owners);
        expect(constrainedTo(once, newer)).toEqual(constrainedTo(owners, newer));
      }),
    );
  });

  it.each([
    ['nothing', []],
    ['a comparison of something else', [member('attribute:disk == ssd')]],
    ['one that is no list', [member('attribute:tuesday.os-build exists')]],
    ['a list of no builds', [member('attribute:tuesday.os-build in [new, newer]')]],
  ])('is not there with %s', (_what, constraints) => {
    expect(allowedBuilds(constraints)).toBeUndefined();
  });

  it('allows what all of several lists allow', () => {
    const both = [...constrainedTo([], [september, october]), ...constrainedTo([], [october])];
    expect(allowedBuilds(both)).toEqual([october]);
  });
});
