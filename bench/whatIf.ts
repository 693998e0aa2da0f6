import { planPlacements } from '../domain/placement/indexed/placementIndex.ts';
import { placementFleet } from './placementFleet.ts';

// One question of an operator: where would all of it go? Prints the time it took, and the most
// memory that the process ever had, tasks and fleet included.

const problem = placementFleet({ instanceCount: 5_000, taskCount: 100_000, seed: 7 });
const start = performance.now();
const decisions = planPlacements(problem);
const seconds = Number(((performance.now() - start) / 1_000).toFixed(2));
const megabytes = Math.round((process.resourceUsage().maxRSS * 1_024) / 1e6);
console.log(JSON.stringify({ seconds, megabytes, decided: decisions.length }));
