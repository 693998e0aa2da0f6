import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintDockerfile } from '../../../../domain/windows/lint/dockerfile/lintDockerfile.ts';
import { parseDockerfile, placeIn } from '../../../../domain/windows/lint/dockerfile/parse.ts';
import { dockerfileRules } from '../../../../domain/windows/lint/dockerfile/rules.ts';
import { Instant } from '../../../../events/ids.ts';
import {
  baseCases,
  commandCases,
  digest,
  escapeCases,
  onCore,
  runtimeCases,
} from './dockerfileCases.ts';

const now = Instant.parse(Date.parse('2026-11-26T00:00:00Z'));
const lint = (text: string) => lintDockerfile(text, { now });
const marks = (text: string) =>
  lint(text).map(({ rule, line, column }) => `${rule} at ${line}:${column}`);

const cases = [...baseCases, ...escapeCases, ...commandCases, ...runtimeCases];

/** A .NET service as a team that knows Windows builds it. */
const clean = `# escape=\`
ARG WINDOWS=ltsc2022
FROM mcr.microsoft.com/dotnet/sdk:10.0-nanoserver-\${WINDOWS}@${digest} AS build
WORKDIR C:\\src
COPY orders.csproj .
RUN dotnet restore
COPY . .
RUN dotnet publish \`
    # comments inside of an instruction are passed over
    -c Release -o C:\\out

FROM mcr.microsoft.com/dotnet/aspnet:10.0-nanoserver-\${WINDOWS}@${digest}
WORKDIR C:\\app
COPY --from=build C:\\out\\ .
ENV ASPNETCORE_HTTP_PORTS=8080
EXPOSE 8080
USER ContainerUser
ENTRYPOINT ["C:\\\\app\\\\orders.exe"]
`;

describe('lintDockerfile', () => {
  it('has nothing to say about a sound Dockerfile', () => {
    expect(lint(clean)).toEqual([]);
    expect(lint(clean.replaceAll('\n', '\r\n'))).toEqual([]);
  });

  it.each(cases)('%s at %s', (rule, place, faulty, sound) => {
    expect(marks(faulty)).toContain(`${rule} at ${place}`);
    expect(marks(sound).filter((mark) => mark.startsWith(`${rule} `))).toEqual([]);
  });

  it('has a case for every rule', () => {
    const tried = new Set(cases.map(([rule]) => rule));
    expect(Object.keys(dockerfileRules).filter((rule) => !tried.has(rule))).toEqual([]);
  });

  it('finds the line of a fault behind continued lines', () => {
    const text = onCore('RUN mkdir C:\\a && `', '', '    # on Linux', '    chmod 755 C:\\a');
    expect(marks(text)).toContain('linux-command at 6:5');
  });

  it('finds what stands behind a path that swallows the next line', () => {
    const text = 'FROM a\nCOPY app C:\\app\\\nENTRYPOINT server.exe\nWORKDIR C:\\app';
    expect(marks(text)).toContain('escape-path-continues-line at 2:16');
    expect(marks(text)).toContain('entrypoint-shell-form at 3:1');
    expect(marks(text)).toContain('escape-backslash-eaten at 4:11');
  });

  it('reads what a here-document runs, and no instructions in it', () => {
    const text = onCore('RUN <<END', 'apt-get update', 'COPPY a b', 'END', 'USER ContainerUser');
    expect(marks(text)).toContain('linux-command at 3:1');
    expect(marks(text).join()).not.toContain('unknown-instruction');
  });

  it('does not lose the rest of a file in a here-document that never ends', () => {
    expect(marks(onCore('RUN echo <<END', 'COPPY a b'))).toContain('unknown-instruction at 4:1');
  });

  it('hands a stage the base, the shell and the layers of the one it stands on', () => {
    const text = [
      `FROM mcr.microsoft.com/windows/nanoserver:ltsc2022@${digest} AS base`,
      'SHELL ["powershell", "-Command"]',
      'FROM base',
      'RUN dir',
    ].join('\n');
    expect(marks(text)).toContain('powershell-missing at 4:5');
    expect(marks(text)).toContain('run-layers-not-rebasable at 4:1');
  });

  it('follows an argument through another to the base', () => {
    const base = 'mcr.microsoft.com/windows/server';
    const text = `ARG YEAR=2016\nARG TAG="ltsc\${YEAR}"\nFROM ${base}:$TAG`;
    expect(marks(text)).toContain('base-channel-ending at 3:6');
  });

  it('writes every finding out in words', () => {
    for (const [, , faulty] of cases) {
      for (const { found, fix, reason, source } of lint(faulty)) {
        for (const text of [found, fix, reason, source]) {
          expect(text).toMatch(/\S/);
          expect(text).not.toMatch(/undefined|NaN|\[object/);
        }
      }
    }
  });

  it('takes any text, and points into it', () => {
    const word = fc.constantFrom(
      ...'FROM RUN COPY ADD ARG SHELL CMD ENTRYPOINT WORKDIR AS build --from=0 --from=build'.split(
        ' ',
      ),
      ...['# escape=`', '\n', '\r\n', '\\\n', '`\n', '\\', '`', '<<END', 'END', `\${A`, `\${A:-b}`],
      ...['["powershell"]', '["a', 'C:\\app\\', 'mcr.microsoft.com/windows/nanoserver:1809', '  '],
    );
    const text = fc
      .array(fc.oneof({ weight: 5, arbitrary: word }, fc.string({ unit: 'binary' })), {
        maxLength: 30,
      })
      .map((words) => words.join(' '));
    fc.assert(
      fc.property(text, (source) => {
        const lines = source.split(/\r\n|\n|\r/);
        for (const { line, column } of lint(source)) {
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual(Math.max(1, lines[line - 1]?.length ?? 0));
        }
      }),
      { seed: 20261126, numRuns: 1_500 },
    );
  });
});

describe('parseDockerfile', () => {
  it('joins continued lines as BuildKit does, and finds its way back', () => {
    const [run] = parseDockerfile('RUN a \\\n# comment\n  b').instructions;
    expect(run?.text).toBe('a   b');
    expect(run === undefined ? undefined : placeIn(run, 4)).toEqual({ line: 3, column: 3 });
  });

  it('finds a keyword below a line that is only continued', () => {
    const [from] = parseDockerfile('\\\n FROM a').instructions;
    expect(from).toMatchObject({ keyword: 'FROM', line: 2, column: 2 });
  });

  it('ends an instruction in two escape characters, which are one', () => {
    expect(parseDockerfile('COPY a C:\\\\\nRUN b').instructions).toHaveLength(2);
  });

  it('keeps flags apart from what follows them', () => {
    const [copy] = parseDockerfile('COPY --from=build --link a b').instructions;
    expect(copy?.flags).toEqual([
      { name: 'from', value: 'build' },
      { name: 'link', value: '' },
    ]);
    expect(copy?.text).toBe('a b');
  });
});
