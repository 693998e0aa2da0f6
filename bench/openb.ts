import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackingProblem } from '../domain/placement/packing/packing.ts';
import { CannotMeasure } from './cannotMeasure.ts';
import { alone } from './packingSets.ts';

// The trace of a GPU cluster of Alibaba, 2023. It is not part of this repository: the folder that
// holds it is named by OPENB_CSV. Whole tasks only, as they arrived; those larger than an instance
// are left out. GPUs are counted in thousandths, because tasks of the trace share them.

const source = 'github.com/hkust-adsl/kubernetes-scheduler-simulator, data/csv (Apache-2.0)';

type Trace = 'cpu250' | 'default';
type Size = { readonly cpus: number; readonly memoryGiB: number; readonly gpus: number };

export const openbSets = [
  { name: 'cpu250-96c384g', trace: 'cpu250', cpus: 96, memoryGiB: 384, gpus: 0 },
  { name: 'cpu250-64c256g', trace: 'cpu250', cpus: 64, memoryGiB: 256, gpus: 0 },
  { name: 'default-96c768g8', trace: 'default', cpus: 96, memoryGiB: 768, gpus: 8 },
  { name: 'default-128c768g8', trace: 'default', cpus: 128, memoryGiB: 768, gpus: 8 },
] as const;

export const openbProblem = (
  folder: string | undefined,
  { trace, ...size }: Size & { readonly trace: Trace },
): PackingProblem => {
  const file = join(folder ?? '', `openb_pod_list_${trace}.csv`);
  if (folder === undefined || !existsSync(file)) {
    throw new CannotMeasure(
      `packing on the openb trace: set OPENB_CSV to a folder with openb_pod_list_${trace}.csv ` +
        `of ${source}`,
    );
  }
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  if (!header?.startsWith('name,cpu_milli,memory_mib,num_gpu,gpu_milli,')) {
    throw new CannotMeasure(`${file} does not begin with the columns of the openb trace`);
  }
  const capacity = {
    cpu: size.cpus * 1_000,
    memoryMiB: size.memoryGiB * 1_024,
    gpus: size.gpus * 1_000,
  };
  const tasks = lines.flatMap((line) => {
    const [id = '', cpu, memory, gpuCount, gpuMilli] = line.split(',');
    const count = Number(gpuCount);
    const gpus = count === 1 ? Number(gpuMilli) : count * 1_000;
    const needs = {
      cpu: Number(cpu),
      memoryMiB: Number(memory),
      gpus: size.gpus === 0 ? 0 : gpus,
    };
    const isHeld = needs.cpu <= capacity.cpu && needs.memoryMiB <= capacity.memoryMiB;
    return isHeld ? [alone(id, needs)] : [];
  });
  return {
    tasks,
    instances: [],
    instanceTypes: [
      {
        id: 'only',
        capacity: { ...capacity, networkInterfaces: 0, tcpPorts: [], udpPorts: [] },
        countMax: null,
        cost: null,
      },
    ],
  };
};
