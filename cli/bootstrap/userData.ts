import { buildAttribute } from '../../domain/windows/instanceBuild.ts';

export type Instances = {
  /** As ECS has it: letters, digits, `-` and `_`, so that it needs no quoting. */
  readonly cluster: string;
  /** A registry host to which this machine pushes layers that Microsoft did not let go. */
  readonly pushesTo?: string;
};

/** Each line with the reason why it is there, and where that is written. */
export const userData = ({ cluster, pushesTo }: Instances): readonly string[] => [
  '<powershell>',
  '# What fails must be seen: an instance that half started would register without its build.',
  "$ErrorActionPreference = 'Stop'",
  '',
  ...(pushesTo === undefined ? [] : daemonSetting(pushesTo)),
  '# Windows knows its build and revision from the registry: CurrentBuild is 20348, UBR is 4294.',
  "# Source: Microsoft's images are tagged by the same two numbers (10.0.20348.4294).",
  "$windows = Get-ItemProperty 'HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion'",
  "$build = '{0}.{1}' -f $windows.CurrentBuild, $windows.UBR",
  '',
  `# Tuesday and the placement constraints of services go by the attribute ${buildAttribute}.`,
  '# Before the agent starts, because it is read at the FIRST registration alone. An instance that',
  '# is registered already, or is patched in place, is told with',
  `#   aws ecs put-attributes --cluster ${cluster} --attributes \\`,
  `#     name=${buildAttribute},value=<build>,targetId=<container instance ARN>`,
  '# Source: amazon-ecs-agent README, ECS_INSTANCE_ATTRIBUTES; ECS API, PutAttributes.',
  `$attributes = ConvertTo-Json -Compress @{ '${buildAttribute}' = $build }`,
  "[Environment]::SetEnvironmentVariable('ECS_INSTANCE_ATTRIBUTES', $attributes, 'Machine')",
  '',
  '# Joins the cluster. With -EnableTaskIAMRole tasks have roles of their own; the proxy for their',
  '# credentials takes host port 80. Under the network mode default (NAT) each container needs a',
  '# route to it as well: see --format container-entrypoint. awsvpc needs none.',
  '# After a restart the proxy interface must be deleted and the agent initialised again.',
  '# Source: ECS Developer Guide, windows_task_IAM_roles.',
  'Import-Module ECSTools',
  `Initialize-ECSAgent -Cluster '${cluster}' -EnableTaskIAMRole`,
  '</powershell>',
];

const daemonSetting = (registry: string): readonly string[] => [
  '# For a machine that builds and pushes images on bases from before June 2023: their layers are',
  '# marked as not to be distributed, and Docker leaves them out of a push unless it is told.',
  '# What daemon.json says already is kept.',
  '# Source: Docker, dockerd "allow-nondistributable-artifacts"; containerd/containerd#8690.',
  "$file = 'C:\\ProgramData\\docker\\config\\daemon.json'",
  '$daemon = [pscustomobject]@{}',
  'if (Test-Path $file) { $daemon = Get-Content -Raw $file | ConvertFrom-Json }',
  '$setting = @{',
  "  NotePropertyName = 'allow-nondistributable-artifacts'",
  `  NotePropertyValue = @('${registry}')`,
  '}',
  '$daemon | Add-Member -Force @setting',
  'New-Item -ItemType Directory -Force (Split-Path $file) | Out-Null',
  '# Without a byte order mark, which Docker does not read.',
  '[IO.File]::WriteAllText($file, (ConvertTo-Json -Depth 9 $daemon))',
  'Restart-Service docker',
  '',
];

/** To run first in a container under NAT, before anything asks for credentials. */
export const containerEntrypoint = (): readonly string[] => [
  '# Run it first in every container of network mode default (Docker NAT) that uses a task role or',
  '# reads instance metadata: NAT gives a container no way to the two link-local addresses.',
  '# Not for awsvpc, and not for Nano Server, which has no PowerShell.',
  '# Source: ECS Developer Guide, windows_task_IAM_roles, "container bootstrap script".',
  "$ErrorActionPreference = 'Stop'",
  '# The gateway of the NAT adapter: where everything else goes too.',
  "$default = Get-NetRoute -DestinationPrefix '0.0.0.0/0' | Sort-Object RouteMetric |",
  '  Select-Object -First 1',
  '$route = @{',
  '  InterfaceIndex = $default.ifIndex',
  '  NextHop = $default.NextHop',
  '  # Gone with the container.',
  "  PolicyStore = 'ActiveStore'",
  '}',
  '# Credentials of the task role.',
  "New-NetRoute -DestinationPrefix '169.254.170.2/32' @route",
  '# Metadata of the instance, for SDKs that ask it for the region.',
  "New-NetRoute -DestinationPrefix '169.254.169.254/32' @route",
];
