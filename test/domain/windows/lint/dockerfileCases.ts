/** What sets the rule off, where, and the nearest thing that does not. */
export type Case = readonly [rule: string, place: string, faulty: string, sound: string];

const core = 'mcr.microsoft.com/windows/servercore';
const nano = 'mcr.microsoft.com/windows/nanoserver';
export const digest = `sha256:${'4f'.repeat(32)}`;
const from = (image: string) => `FROM ${image}`;

/** Lines under the directive and a base that has nothing wrong with it. */
export const onCore = (...lines: readonly string[]) =>
  ['# escape=`', `FROM ${core}:ltsc2022@${digest}`, ...lines].join('\n');
const onNano = (...lines: readonly string[]) =>
  ['# escape=`', `FROM ${nano}:ltsc2022@${digest}`, ...lines].join('\n');
/** The same with the escape character that Docker starts with. */
const onSlash = (...lines: readonly string[]) =>
  [`FROM ${core}:ltsc2022@${digest}`, ...lines].join('\n');
const inPowerShell = (line: string) =>
  onCore('SHELL ["powershell", "-Command", "$ErrorActionPreference = \'Stop\';"]', line);

export const baseCases: readonly Case[] = [
  ['base-untagged', '1:6', from(core), from(`${core}@${digest}`)],
  ['base-latest', '1:6', from(`${core}:latest`), from(`${core}:ltsc2022`)],
  ['base-channel-ended', '1:6', from(`${core}:2004`), from(`${core}:ltsc2019`)],
  ['base-channel-ended', '1:6', from(`${nano}:sac2016`), from(`${nano}:1809`)],
  [
    'base-channel-ended',
    '1:6',
    from('mcr.microsoft.com/dotnet/sdk:5.0-nanoserver-20H2'),
    // A version of Node, and no Windows of 2020.
    from('node:2004'),
  ],
  ['base-channel-ended', '1:6', from('golang:1.9-windowsservercore-1709'), from('golang:1709')],
  ['base-channel-ending', '1:6', from(`${core}:ltsc2016`), from(`${core}:ltsc2019`)],
  ['base-not-pinned', '1:6', from(`${core}:ltsc2022`), from(`${core}:ltsc2022@${digest}`)],
  [
    'base-argument-unset',
    '2:6',
    `ARG TAG\nFROM ${core}:\${TAG}`,
    `ARG TAG=ltsc2022\nFROM ${core}:\${TAG}`,
  ],
  [
    'base-does-not-exist',
    '1:6',
    from('mcr.microsoft.com/windows:ltsc2022'),
    from('mcr.microsoft.com/windows/server:ltsc2022'),
  ],
  ['base-does-not-exist', '1:6', from(`${nano}:ltsc2019`), from(`${core}:ltsc2019`)],
  ['base-moved', '1:6', from('microsoft/windowsservercore:ltsc2016'), from(`${core}:ltsc2016`)],
  [
    'base-linux',
    '2:6',
    `FROM ${core}:ltsc2022 AS build\nFROM alpine:3.22`,
    `FROM golang:1.26-alpine AS build\nFROM ${nano}:ltsc2022\nCOPY --from=build /out C:/app`,
  ],
  [
    'base-servercore-for-dotnet',
    '1:6',
    from('mcr.microsoft.com/dotnet/aspnet:10.0-windowsservercore-ltsc2022'),
    from('mcr.microsoft.com/dotnet/aspnet:10.0-nanoserver-ltsc2022'),
  ],
  [
    'stage-channels-differ',
    '3:1',
    `FROM ${core}:ltsc2019 AS build\nFROM ${nano}:ltsc2022\nCOPY --from=build C:/out C:/app`,
    `FROM ${core}:ltsc2022 AS build\nFROM ${nano}:ltsc2022\nCOPY --from=build C:/out C:/app`,
  ],
  [
    'stage-channels-differ',
    '3:1',
    `FROM ${core}:ltsc2019\nFROM ${nano}:ltsc2022\nCOPY --from=0 C:/out C:/app`,
    `FROM ${core}:ltsc2022\nFROM ${nano}:ltsc2022\nCOPY --from=0 C:/out C:/app`,
  ],
];

export const escapeCases: readonly Case[] = [
  [
    'escape-path-continues-line',
    '2:16',
    onSlash('COPY app C:\\app\\', 'RUN dir'),
    onSlash('RUN dir \\', '  C:/app'),
  ],
  [
    'escape-backslash-eaten',
    '2:11',
    onSlash('WORKDIR C:\\app'),
    onSlash('WORKDIR C:\\\\app', 'WORKDIR "C:\\app"', 'RUN dir C:\\app'),
  ],
  ['escape-backslash-eaten', '2:11', onSlash('WORKDIR C:\\app'), onCore('WORKDIR C:\\app')],
  [
    'escape-wrong-character',
    '2:9',
    onSlash('RUN dir `', '  C:/app'),
    onCore('RUN dir `', '  C:/app'),
  ],
  [
    'escape-wrong-character',
    '3:9',
    onCore('RUN dir \\', '  C:/app'),
    onCore('COPY app C:\\app\\', 'RUN dir'),
  ],
  ['escape-directive-late', '2:1', `\n# escape=\`\n${onSlash()}`, onCore()],
  ['escape-directive-invalid', '1:1', `# escape=^\n${onSlash()}`, onCore()],
  [
    'json-form-invalid',
    '3:12',
    onCore('ENTRYPOINT ["C:\\app\\server.exe"]'),
    onCore('ENTRYPOINT ["C:\\\\app\\\\server.exe"]'),
  ],
  [
    'json-form-invalid',
    '3:5',
    onCore("CMD ['server.exe']"),
    onCore("RUN [Environment]::SetEnvironmentVariable('A', 'B')"),
  ],
  ['unknown-instruction', '3:1', onCore('COPPY a b'), onCore('copy a b')],
  ['from-missing', '1:1', 'RUN dir', onCore('RUN dir')],
  ['from-missing', '1:1', 'FROM', onCore()],
  ['from-missing', '2:1', `ARG A\nENV B=1\n${onSlash()}`, `ARG A\n${onSlash()}`],
];

export const commandCases: readonly Case[] = [
  [
    'windows-update-in-build',
    '3:5',
    onCore('RUN Install-WindowsUpdate -AcceptAll'),
    onCore('RUN sc config wuauserv start= disabled'),
  ],
  ['windows-update-in-build', '3:5', onCore('RUN wusa C:\\kb.cab /quiet'), onCore('LABEL kb=wusa')],
  ['linux-command', '3:12', onCore('RUN dir && apt-get install curl'), onCore('RUN dir')],
  [
    'linux-command',
    '3:1',
    onCore('ENTRYPOINT ["/bin/sh", "-c", "server"]'),
    onCore('ENTRYPOINT ["C:\\\\bin\\\\sh.exe"]'),
  ],
  [
    'powershell-missing',
    '3:5',
    onNano('RUN powershell -Command dir'),
    onCore('RUN powershell -Command dir'),
  ],
  [
    'powershell-missing',
    '3:1',
    onNano('HEALTHCHECK CMD ["powershell", "-Command", "exit 0"]'),
    onNano('HEALTHCHECK CMD curl.exe -f http://localhost'),
  ],
  [
    'powershell-errors-continue',
    '3:1',
    onCore('SHELL ["powershell", "-Command"]', 'RUN Get-Item C:\\'),
    inPowerShell('RUN Get-Item C:\\'),
  ],
  [
    'powershell-errors-continue',
    '3:5',
    onCore('RUN powershell -Command "Get-Item a; Get-Item b"'),
    onCore('RUN powershell -Command "Get-Item a"'),
  ],
  [
    'start-process-without-wait',
    '3:16',
    onCore('RUN powershell Start-Process setup.exe'),
    onCore('RUN powershell Start-Process -Wait setup.exe'),
  ],
  [
    'web-request-progress',
    '3:16',
    onCore('RUN powershell Invoke-WebRequest https://a -OutFile a.ps1'),
    onCore('RUN curl.exe -o a.ps1 https://a'),
  ],
  [
    'download-kept',
    '3:10',
    onCore('RUN curl -o a.zip https://a/a.zip && tar -xf a.zip'),
    onCore('RUN curl -o a.zip https://a/a.zip && tar -xf a.zip && del a.zip'),
  ],
  [
    'download-kept',
    '3:10',
    onCore('RUN curl -o a.zip https://a/a.zip'),
    `${onCore('RUN curl -o a.zip https://a/a.zip')}\nFROM ${nano}:ltsc2022\nUSER ContainerUser`,
  ],
  [
    'add-url',
    '3:5',
    onCore('ADD https://example.com/a.zip C:/a.zip'),
    onCore(`ADD --checksum=${digest} https://example.com/a.zip C:/a.zip`),
  ],
];

export const runtimeCases: readonly Case[] = [
  [
    'entrypoint-shell-form',
    '3:1',
    onCore('ENTRYPOINT server.exe'),
    onCore('CMD server.exe', 'ENTRYPOINT ["server.exe"]'),
  ],
  [
    'entrypoint-shell-form',
    '3:1',
    onCore('CMD ["cmd", "/C", "server.exe"]'),
    onCore('CMD ["server.exe"]'),
  ],
  ['stop-signal-ignored', '3:1', onCore('STOPSIGNAL SIGTERM'), onCore('ENV STOPSIGNAL=1')],
  [
    'user-administrator',
    '3:1',
    onCore('USER ContainerAdministrator'),
    onCore('USER ContainerAdministrator', 'RUN dir', 'USER ContainerUser'),
  ],
  ['expose-reserved-port', '3:13', onCore('EXPOSE 8080 3389/tcp'), onCore('EXPOSE 8080')],
  [
    'health-check-not-read',
    '3:1',
    onCore('HEALTHCHECK CMD curl.exe -f http://localhost'),
    onCore('HEALTHCHECK NONE'),
  ],
  ['volume-system-drive', '3:1', onCore('VOLUME C:\\'), onCore('VOLUME C:\\data')],
  [
    'run-layers-not-rebasable',
    '3:1',
    onCore('RUN dir'),
    `${onCore('RUN dir')}\nFROM ${nano}:ltsc2022@${digest}\nCOPY --from=0 C:\\a C:\\a`,
  ],
];
