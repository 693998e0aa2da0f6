import { parseArgs } from 'node:util';
import { attack } from './attack.ts';

// `npm run hostile -- --count 100000 --seed 7`: hostile registry answers and event bodies, half and
// half. Exits with 1 on a fault, or when one took more than 250 ms of CPU.

const slowestMaxMs = 250;

const { values } = parseArgs({
  options: { count: { type: 'string', default: '100000' }, seed: { type: 'string', default: '7' } },
});
const found = await attack(Number(values.count), Number(values.seed), (done) =>
  console.error(`${done} of ${values.count}`),
);
for (const fault of found.faults.slice(0, 20)) console.log(fault.slice(0, 600));
console.log(
  JSON.stringify({
    ...found,
    faults: found.faults.length,
    seed: Number(values.seed),
    slowestMaxMs,
  }),
);
if (found.faults.length > 0 || found.slowestMs > slowestMaxMs) process.exitCode = 1;
