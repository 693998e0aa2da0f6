import { type Instances, userData } from './userData.ts';

/**
 * The command, for a POSIX shell, that makes a launch template start instances with our user data.
 * Everything that is put in has been held to letters, digits and a few marks before.
 */
export const launchTemplateCommand = (
  instances: Instances,
  { region, launchTemplateId }: { readonly region: string; readonly launchTemplateId?: string },
): readonly string[] => {
  const script = `${userData(instances).join('\r\n')}\r\n`;
  const UserData = Buffer.from(script, 'utf8').toString('base64');
  return [
    '# A new version: all else is as in the latest one, and the old one stays to go back to.',
    '# Instances that run keep what they have; the Auto Scaling group must use $Latest, or be told',
    '# the new version. The user data is that of --format user-data, in base64.',
    '# Source: EC2 API, CreateLaunchTemplateVersion; Auto Scaling API, LaunchTemplate-',
    '# Specification.',
    ...(launchTemplateId === undefined ? ['# Set LAUNCH_TEMPLATE_ID to lt-... first.'] : []),
    'aws ec2 create-launch-template-version \\',
    `  --region ${region} \\`,
    `  --launch-template-id ${launchTemplateId ?? '"$LAUNCH_TEMPLATE_ID"'} \\`,
    "  --source-version '$Latest' \\",
    "  --version-description 'tuesday bootstrap' \\",
    `  --launch-template-data '${JSON.stringify({ UserData })}'`,
  ];
};
