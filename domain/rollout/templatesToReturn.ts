import { leasesOf, type Rollout, type TemplateProgress } from './rolloutState.ts';

type Renewed = TemplateProgress & Required<Pick<TemplateProgress, 'set'>>;

/**
 * Of a rollout that was aborted before one instance was proved on the new AMI: whatever a group
 * launches from then on, after a Spot interruption say, is to be what it was before. What was
 * refused is not tried again.
 */
export const templatesToReturn = ({ status, groups }: Rollout): readonly Renewed[] => {
  if (status !== 'aborted') return [];
  return Object.values(groups).flatMap(({ template }) => {
    const { set, refused, isProved, isReturned } = template ?? {};
    if (template === undefined || set === undefined || isProved || isReturned) return [];
    const isGivenUp = refused !== undefined && refused.at >= set.at;
    return isGivenUp ? [] : [{ ...template, set }];
  });
};

/** It is over, and is followed all the same: leases in hand, templates that are to go back. */
export const leavesWork = (rollout: Rollout): boolean =>
  leasesOf(rollout).length > 0 || templatesToReturn(rollout).length > 0;
