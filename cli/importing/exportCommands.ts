/**
 * What to run to export a cluster, ready to paste into a POSIX shell such as AWS CloudShell.
 * Nothing in it writes to AWS. The batches are the most that one call takes (ECS API Reference:
 * DescribeContainerInstances and DescribeTasks 100, DescribeServices 10); a file then holds several
 * answers one after another, which import reads.
 */
export const exportCommands = (cluster: string): readonly string[] => [
  `# Export cluster ${cluster}. Needs the AWS CLI, signed in, with AWS_REGION set; reads only.`,
  '# xargs asks in batches: 100 instances or tasks a call, 10 services.',
  'mkdir -p tuesday-export/images',
  `cluster=${quote(cluster)}`,
  ...described('container-instances', 'containerInstanceArns', 100),
  ...described('tasks', 'taskArns', 100),
  ...described('services', 'serviceArns', 10),
  ...taskDefinitions,
  ...amis,
  ...imageConfigs,
  '',
  '# Then, where Tuesday is:',
  '#   npm run tuesday -- import tuesday-export/*.json tuesday-export/images/*.json',
  '#   npm run tuesday -- exposure',
];

/** ARNs come a page a line, apart by tabs; an empty page is `None`. */
const oneALine = "  | tr '\\t' '\\n' | grep '^arn:' \\";

const described = (things: string, arns: string, most: number): readonly string[] => [
  '',
  `# tuesday-export/${things}.json`,
  `aws ecs list-${things} --cluster "$cluster" --query '${arns}[]' --output text \\`,
  oneALine,
  `  | xargs -r -n ${most} aws ecs describe-${things} --output json --cluster "$cluster" \\`,
  `    --${things} > tuesday-export/${things}.json`,
];

const taskDefinitions = [
  '',
  '# tuesday-export/task-definitions.json: every revision that a task or service uses',
  `grep -ho 'arn:aws[a-z-]*:ecs:[^"]*:task-definition/[^"]*' \\`,
  '    tuesday-export/tasks.json tuesday-export/services.json | sort -u \\',
  '  | xargs -r -n 1 aws ecs describe-task-definition --output json --task-definition \\',
  '  > tuesday-export/task-definitions.json',
];

const amis = [
  '',
  '# tuesday-export/amis.json: the ECS-optimized Windows AMIs, deprecated ones too',
  'aws ec2 describe-images --owners amazon --include-deprecated --output json \\',
  "  --filters 'Name=name,Values=Windows_Server-*-English-*-ECS_Optimized-*' \\",
  '  > tuesday-export/amis.json',
];

const imageConfigs = [
  '',
  '# tuesday-export/images/: the config of every image that runs.',
  '# Needs crane (go-containerregistry), signed in to each registry:',
  '#   aws ecr get-login-password | crane auth login --username AWS --password-stdin \\',
  '#     <account>.dkr.ecr.<region>.amazonaws.com',
  `aws ecs list-tasks --cluster "$cluster" --query 'taskArns[]' --output text \\`,
  oneALine,
  '  | xargs -r -n 100 aws ecs describe-tasks --cluster "$cluster" --output text \\',
  "    --query 'tasks[].containers[].[image,imageDigest]' --tasks | sort -u \\",
  '  | while read -r image digest; do',
  `  repository=$(printf '%s' "$image" | sed -E 's/@.*$//; s/:[^/:]*$//')`,
  `  file="tuesday-export/images/$(basename "$repository")@sha256-\${digest#sha256:}.json"`,
  '  case $digest in sha256:*)',
  '    crane config --platform windows/amd64 "$repository@$digest" > "$file" ;;',
  '  esac',
  'done',
];

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
