import {
  ecsApi,
  findingOf,
  guide,
  type LintRules,
  learn,
  quoted,
  type TaskDefinitionFinding,
} from '../finding.ts';
import {
  at,
  type Container,
  isSet,
  type Member,
  membersAt,
  objectAt,
  type TaskDefinitionDocument,
  textAt,
} from './document.ts';

export const volumeRules = {
  'volume-path-linux': {
    severity: 'error',
    reason: 'a Windows path begins with a drive letter, or is a named pipe',
    source: ecsApi('Volume, host'),
  },
  'volume-drive': {
    severity: 'error',
    reason:
      'Windows containers mount directories of the drive of $env:ProgramData (C:) alone; another ' +
      'drive only whole, D:\\ on D:\\',
    source: ecsApi('Volume, host'),
  },
  'volume-across-drives': {
    severity: 'error',
    reason: 'a mount point cannot lead from one drive to another',
    source: ecsApi('ContainerDefinition, mountPoints'),
  },
  'volume-type-unsupported': {
    severity: 'error',
    reason:
      'EFS and S3 Files are mounted by Linux; Windows has FSx for Windows File Server and EBS',
    source: guide('windows_task_definitions'),
  },
  'docker-volume': {
    severity: 'warning',
    reason:
      'one page of ECS calls Docker volumes unsupported on Windows, another allows driver local',
    source: `${guide('windows_task_definitions')}; ${ecsApi('DockerVolumeConfiguration')}`,
  },
  'docker-volume-driver': {
    severity: 'error',
    reason: 'Windows containers support the volume driver local alone',
    source: ecsApi('DockerVolumeConfiguration'),
  },
  'volume-unknown': {
    severity: 'error',
    reason: 'ECS refuses a mount point whose volume the task definition does not have',
    source: ecsApi('MountPoint'),
  },
  'mount-path-duplicate': {
    severity: 'error',
    reason: 'the agent makes every path lower case, so both are one and the same directory',
    source: 'amazon-ecs-agent, task_windows.go',
  },
  'docker-engine-pipe': {
    severity: 'warning',
    reason: 'whoever holds the pipe of Docker starts any container, and so owns the instance',
    source: learn('manage-docker/configure-docker-daemon'),
  },
  'host-volume': {
    severity: 'info',
    reason: 'its data stays on one instance and is gone when that is replaced by a patched one',
    source: ecsApi('HostVolumeProperties'),
  },
} as const satisfies LintRules;

const finding = findingOf(volumeRules);

export const checkVolumes = (
  document: TaskDefinitionDocument,
): readonly TaskDefinitionFinding[] => {
  const volumes = membersAt(document.json, 'volumes', document.prefix);
  const byName = new Map(volumes.map((volume) => [textAt(volume.json, 'name') ?? '', volume]));
  return [
    ...volumes.flatMap((volume) => [...volumeKind(volume), ...hostPath(volume)]),
    ...document.containers.flatMap((container) => mounts(container, byName)),
  ];
};

const volumeKind = ({ json, path }: Member) => {
  const fix = 'use fsxWindowsFileServerVolumeConfiguration, or "configuredAtLaunch" for EBS';
  const foreign = ['efsVolumeConfiguration', 's3filesVolumeConfiguration']
    .filter((key) => isSet(at(json, key)))
    .map((key) => finding('volume-type-unsupported', { path: `${path}.${key}` }, `${key}`, fix));
  const docker = objectAt(json, 'dockerVolumeConfiguration');
  if (docker === undefined) return foreign;
  const driver = textAt(docker, 'driver') ?? 'local';
  const place = { path: `${path}.dockerVolumeConfiguration` };
  return [
    ...foreign,
    driver === 'local'
      ? finding('docker-volume', place, 'a Docker volume', 'write "host": {"sourcePath": ...}')
      : finding('docker-volume-driver', place, `the volume driver ${driver}`, fix),
  ];
};

/** `c:`; lower case. Absent for what names no drive. */
const driveOf = (path: string): string | undefined => /^[a-z]:/i.exec(path)?.[0].toLowerCase();
const isWholeDrive = (path: string): boolean => /^[a-z]:[\\/]*$/i.test(path);
const isPipe = (path: string): boolean => /^[\\/]{2}\.[\\/]pipe[\\/]/i.test(path);

const sourceOf = ({ json }: Member): string | undefined =>
  textAt(objectAt(json, 'host') ?? {}, 'sourcePath');

const hostPath = (volume: Member) => {
  const source = sourceOf(volume);
  if (source === undefined) return [];
  const place = { path: `${volume.path}.host.sourcePath` };
  if (isPipe(source)) {
    if (!/docker_engine/i.test(source)) return [];
    return [finding('docker-engine-pipe', place, quoted(source), 'remove the volume')];
  }
  const drive = driveOf(source);
  if (drive === undefined) return [linuxPath(place, source)];
  if (drive !== 'c:' && !isWholeDrive(source)) {
    const fix = 'keep the data under C:\\ProgramData, or mount the whole drive on itself';
    return [finding('volume-drive', place, `${quoted(source)} is on drive ${drive}`, fix)];
  }
  const fix = 'use FSx for Windows File Server or EBS for data that must live on';
  return [finding('host-volume', place, `data in ${source} of the instance`, fix)];
};

const linuxPath = (place: { readonly path: string }, path: string) =>
  finding(
    'volume-path-linux',
    place,
    quoted(path),
    'write "C:\\\\data", backslashes doubled in JSON',
  );

const mounts = (container: Container, byName: ReadonlyMap<string, Member>) => {
  const taken = new Map<string, string>();
  return membersAt(container.json, 'mountPoints', `${container.path}.`).flatMap((mount) => {
    const target = textAt(mount.json, 'containerPath');
    return [
      ...volumeNamed(mount, byName),
      ...(target === undefined
        ? []
        : [...targetPath(mount, target, byName), ...twice(mount.path, target, taken)]),
    ];
  });
};

const volumeNamed = ({ json, path }: Member, byName: ReadonlyMap<string, Member>) => {
  const name = textAt(json, 'sourceVolume');
  if (name === undefined || byName.has(name)) return [];
  const known = [...byName.keys()].join(', ') || 'none';
  const fix = `add a volume of that name, or write one there is (${known})`;
  return [finding('volume-unknown', { path: `${path}.sourceVolume` }, quoted(name), fix)];
};

const targetPath = (mount: Member, target: string, byName: ReadonlyMap<string, Member>) => {
  const place = { path: `${mount.path}.containerPath` };
  if (isPipe(target)) return [];
  const drive = driveOf(target);
  if (drive === undefined) return [linuxPath(place, target)];
  const volume = byName.get(textAt(mount.json, 'sourceVolume') ?? '');
  const source = volume === undefined ? undefined : sourceOf(volume);
  const from = source === undefined ? undefined : driveOf(source);
  if (from === undefined || from === drive) return [];
  const found = `from ${source} on the instance to ${target}`;
  return [finding('volume-across-drives', place, found, `write a path on ${from.toUpperCase()}`)];
};

const twice = (path: string, target: string, taken: Map<string, string>) => {
  const key = target
    .toLowerCase()
    .replace(/[\\/]+/g, '/')
    .replace(/\/$/, '');
  const first = taken.get(key);
  taken.set(key, first ?? path);
  if (first === undefined) return [];
  const found = `${quoted(target)} is the containerPath of ${first} too`;
  const place = { path: `${path}.containerPath` };
  return [finding('mount-path-duplicate', place, found, 'mount one volume there')];
};
