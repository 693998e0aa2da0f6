/**
 * Network interfaces that an EC2 instance may have, its own included, by size (Amazon EC2 User
 * Guide, "Maximum IP addresses per network interface"), for the families that are alike in it.
 */
const byFamily: readonly (readonly [RegExp, Readonly<Record<string, number>>])[] = [
  [
    /^(m|r)[5-8](a|i|n)?d?n?$/,
    {
      large: 3,
      xlarge: 4,
      '2xlarge': 4,
      '4xlarge': 8,
      '8xlarge': 8,
      '12xlarge': 8,
      '16xlarge': 15,
      '24xlarge': 15,
    },
  ],
  [
    /^c5d?$/,
    {
      large: 3,
      xlarge: 4,
      '2xlarge': 4,
      '4xlarge': 8,
      '9xlarge': 8,
      '12xlarge': 8,
      '18xlarge': 15,
    },
  ],
  [
    /^c[67](a|i)d?$/,
    {
      large: 3,
      xlarge: 4,
      '2xlarge': 4,
      '4xlarge': 8,
      '8xlarge': 8,
      '12xlarge': 8,
      '16xlarge': 15,
    },
  ],
  [/^t3a?$/, { medium: 3, large: 3, xlarge: 4, '2xlarge': 4 }],
];

/**
 * How many tasks in network mode `awsvpc` an instance of this type can have: one interface each,
 * beside its own, because Windows has no trunking (ECS Developer Guide, "Amazon ECS Windows task
 * networking"). `null`: the type is not in the table.
 */
export const taskInterfacesOf = (instanceType: string): number | null => {
  const [family = '', size = ''] = instanceType.split('.');
  const sizes = byFamily.find(([pattern]) => pattern.test(family))?.[1];
  const most = sizes?.[size];
  return most === undefined ? null : most - 1;
};
