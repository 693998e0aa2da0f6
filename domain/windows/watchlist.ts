/** A floating tag of Microsoft's registry that Tuesday follows. */
export type WatchedTag = { readonly repository: string; readonly tag: string };

const ofRepository = (repository: string, tags: readonly string[]): readonly WatchedTag[] =>
  tags.map((tag) => ({ repository, tag }));

const years = ['2019', '2022', '2025'];

/**
 * What is followed by default: the base images of the channels that AWS has ECS-optimized AMIs for,
 * and the derived repositories that most .NET Framework services build on. `windows/server` begins
 * with 2022; Nano Server's 2019 is called 1809 (Microsoft, container-base-images).
 */
export const watchedTags: readonly WatchedTag[] = [
  ...ofRepository('windows/servercore', ['ltsc2019', 'ltsc2022', 'ltsc2025']),
  ...ofRepository('windows/nanoserver', ['1809', 'ltsc2022', 'ltsc2025']),
  ...ofRepository('windows/server', ['ltsc2022', 'ltsc2025']),
  ...ofRepository(
    'windows/servercore/iis',
    years.map((year) => `windowsservercore-ltsc${year}`),
  ),
  ...['dotnet/framework/aspnet', 'dotnet/framework/runtime'].flatMap((repository) => [
    ...ofRepository(
      repository,
      ['2019', '2022'].map((year) => `4.8-windowsservercore-ltsc${year}`),
    ),
    // 2025 ships with .NET Framework 4.8.1 and has no 4.8 tag.
    ...ofRepository(repository, ['4.8.1-windowsservercore-ltsc2025']),
  ]),
];

/**
 * The families of ECS-optimized AMIs whose newest member is followed (ECS Developer Guide,
 * ecs-optimized_windows_AMI).
 */
export const watchedAmiFamilies: readonly string[] = years.flatMap((year) =>
  ['Core', 'Full'].map((edition) => `Windows_Server-${year}-English-${edition}-ECS_Optimized`),
);
