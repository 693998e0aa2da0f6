import { planPlacements } from '../../../domain/placement/indexed/placementIndex.ts';
import { scanPlacements } from '../../../domain/placement/scanPlacements.ts';
import { compareWithOracle } from './compareWithOracle.ts';

// `npm run oracle -- [decisions] [seed]`: index and scan against the oracle, with a count of what
// fired. Exits with 1 where they differ.

const decisions = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? 9);
for (const [name, decide] of Object.entries({ index: planPlacements, scan: scanPlacements })) {
  const found = compareWithOracle(decide, { seed, decisions });
  const { disagreements, problems, fired } = found;
  const over = `${found.decisions} decisions in ${problems} problems, seed ${seed}`;
  console.log(`${name}: ${disagreements.length} disagreements in ${over}`);
  for (const { index, problem, oracle, decided } of disagreements) {
    console.log(JSON.stringify({ index, problem, oracle, decided }));
    process.exitCode = 1;
  }
  if (name === 'index') console.log(JSON.stringify(fired));
}
