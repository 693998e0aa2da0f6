import { describe, expect, it } from 'vitest';
import type {
  PlacementInstance,
  PlacementTask,
} from '../../../domain/placement/placementProblem.ts';
import { parseQuery } from '../../../domain/placement/query/parse.ts';
import { answersTo, build, instance, problem, running, task, windows } from './byHand.ts';
import { agentPorts, taskRoles } from './vocabulary.ts';

// Worked by hand. DG is the Amazon ECS Developer Guide, API the API Reference, AGENT the source of
// amazon-ecs-agent; "ours" is a promise that Tuesday makes where those are silent.

const taking = (count: number, from = 10_000) =>
  Array.from({ length: count }, (_, position) => from + position);

const memberOf = (text: string) => {
  const parsed = parseQuery(text);
  if ('refused' in parsed) throw new Error(parsed.refused.message);
  return { type: 'memberOf', query: parsed.ok } as const;
};

type Case = readonly [why: string, there: PlacementInstance, asked: PlacementTask, answer: string];

const ask = (there: PlacementInstance, asked: PlacementTask, rules: typeof windows | null) =>
  answersTo(problem([there], [asked], rules))[0];

describe('the rules of ECS, on one instance', () => {
  it.each<Case>([
    ['DG: only an active instance', instance('a', { status: 'DRAINING' }), task(), 'NotActive'],
    ['DG: the agent', instance('a', { agentConnected: false }), task(), 'AgentDisconnected'],
    ['ours: proven', instance('a', { isProven: false }), task(), 'NotProven'],
    ['the last unit', instance('a', { remaining: { cpu: 256 } }), task(), 'on a'],
    ['DG: CPU', instance('a', { remaining: { cpu: 255 } }), task(), 'Cpu'],
    [
      'DG: memory, of all containers together',
      instance('a', { remaining: { memoryMiB: 1000 } }),
      task([{}, {}]),
      'Memory',
    ],
    ['DG: memory without a limit is none', instance('a'), task([{ memoryMiB: null }]), 'on a'],
    ['DG: GPU', instance('a'), task([{ gpus: 1 }]), 'Gpu'],
    [
      'DG: a port that is taken',
      instance('a', { remaining: { tcpPorts: [8080] } }),
      task([{ tcpPorts: [8080] }]),
      'Ports',
    ],
    [
      'ours: one number in the other protocol is another port',
      instance('a', { remaining: { tcpPorts: [8080] } }),
      task([{ udpPorts: [8080] }]),
      'on a',
    ],
    ['AGENT: a port it keeps', instance('a'), task([{ tcpPorts: [3389] }]), 'Ports'],
    ['AGENT: for TCP', instance('a'), task([{ udpPorts: [53] }]), 'on a'],
    [
      'API: 100 reserved ports, the two of the agent among them',
      instance('a', { remaining: { tcpPorts: [...taking(97), 3389, 53] } }),
      task([{ udpPorts: [10_000] }]),
      'on a',
    ],
    [
      'API: and not one more',
      instance('a', { remaining: { tcpPorts: taking(97), udpPorts: [1] } }),
      task([{ udpPorts: [10_000] }]),
      'PortLimit',
    ],
    [
      'API: ports assigned by the system are not among them',
      instance('a', { remaining: { tcpPorts: [...taking(97), 49_152, 49_153] } }),
      task([{ tcpPorts: [80] }]),
      'on a',
    ],
    [
      'ours: a task without ports does not ask',
      instance('a', { remaining: { udpPorts: taking(200) } }),
      task(),
      'on a',
    ],
    [
      'DG: awsvpc needs an interface',
      instance('a', { remaining: { networkInterfaces: null } }),
      task([{}], { networkMode: 'awsvpc' }),
      'NetworkInterfaces',
    ],
    [
      'DG: and no host port',
      instance('a', { remaining: { tcpPorts: [80] } }),
      task([{ tcpPorts: [80, 80], udpPorts: [7, 7] }], { networkMode: 'awsvpc' }),
      'on a',
    ],
    [
      'API: a capability is a name without a value',
      instance('a', { attributes: { gmsa: null } }),
      task([{}], { requiredAttributes: [{ name: 'gmsa', value: null }] }),
      'on a',
    ],
    [
      'API: a name alone is content with any value',
      instance('a', { attributes: { family: '2019' } }),
      task([{}], { requiredAttributes: [{ name: 'family', value: null }] }),
      'on a',
    ],
    [
      'DG: another value',
      instance('a', { attributes: { family: null } }),
      task([{}], { requiredAttributes: [{ name: 'family', value: '2022' }] }),
      'Attribute',
    ],
    [
      'ours: not what every JavaScript object has',
      instance('a'),
      task([{}], { requiredAttributes: [{ name: 'constructor', value: null }] }),
      'Attribute',
    ],
    [
      'DG: distinctInstance',
      instance('a', { tasks: [running('service:web')] }),
      task([{}], { constraints: [{ type: 'distinctInstance' }] }),
      'DistinctInstance',
    ],
    [
      'DG: is judged by desired status',
      instance('a', { tasks: [running('service:web', { desiredStatus: 'STOPPED' })] }),
      task([{}], { constraints: [{ type: 'distinctInstance' }] }),
      'on a',
    ],
    [
      'DG: anti-affinity',
      instance('a', { tasks: [running('database')] }),
      task([{}], { constraints: [memberOf('not(task:group == database)')] }),
      'MemberOf',
    ],
    [
      'ours: unknown is never a yes',
      instance('a', { agentVersion: null }),
      task([{}], { constraints: [memberOf('agentVersion != 1.0')] }),
      'MemberOf',
    ],
    ['two containers', instance('a'), task([{ tcpPorts: [1] }, { tcpPorts: [1] }]), 'PortTwice'],
    ['two protocols', instance('a'), task([{ tcpPorts: [1], udpPorts: [1] }]), 'on a'],
    ['ECS assigns nothing', instance('a'), task([{ tcpPorts: [49_152] }]), 'on a'],
    [
      'ECS does not speak of 80',
      instance('a', { attributes: { [taskRoles]: null } }),
      task([{ tcpPorts: [80] }]),
      'on a',
    ],
    [
      'ECS knows no builds and no host directories',
      instance('a', { build: build('17763.1') }),
      task([{}], { hostVolumeInstanceId: 'b' }),
      'on a',
    ],
  ])('%s', (_why, there, asked, answer) => {
    expect(ask(there, asked, null)).toBe(answer);
  });
});

describe('the rules of Windows, on one instance', () => {
  const olderImage = { imageBuild: build('17763.7919') };
  it.each<Case>([
    [
      'the reserve may be left alone',
      instance('a', { remaining: { memoryMiB: 2560 } }),
      task(),
      'on a',
    ],
    [
      'AGENT: reserves 0 MiB of itself, so the reserve is ours',
      instance('a', { remaining: { memoryMiB: 2559 } }),
      task(),
      'OsReserve',
    ],
    [
      'AGENT: 80 is kept for task roles',
      instance('a', { attributes: { [taskRoles]: null } }),
      task([{ tcpPorts: [80] }]),
      'Ports',
    ],
    ['AGENT: and only for them', instance('a'), task([{ tcpPorts: [80] }]), 'on a'],
    [
      'AGENT: and counts among the hundred',
      instance('a', { attributes: { [taskRoles]: null }, remaining: { udpPorts: taking(97) } }),
      task([{ tcpPorts: [8080] }]),
      'PortLimit',
    ],
    ['ours: never overcommitted', instance('a'), task([{ memoryMiB: null }]), 'NoMemoryLimit'],
    ['Windows assigns from here', instance('a'), task([{ udpPorts: [49_152] }]), 'DynamicPort'],
    ['ours: no image build', instance('a'), task([{ imageBuild: null }]), 'ImageBuildUnknown'],
    ['ours: no build', instance('a', { build: null }), task(), 'BuildUnknown'],
    ['Microsoft: 2019 and 2022', instance('a'), task([{}, olderImage]), 'BuildMismatch'],
    [
      'ours: directories stay where they are',
      instance('a'),
      task([{}], { hostVolumeInstanceId: 'b' }),
      'HostVolume',
    ],
  ])('%s', (_why, there, asked, answer) => {
    expect(ask(there, asked, windows)).toBe(answer);
  });

  it('builds that are not asked about may be unknown', () => {
    const unasked = { ...windows, compatibility: null };
    const unknown = task([{ imageBuild: null }]);
    expect(ask(instance('a', { build: null }), unknown, unasked)).toBe('on a');
  });

  it('the reason is that of the first container that has one', () => {
    const policy = {
      floors: [],
      learnedBadPairs: [{ image: build('20348.1'), instance: build('20348.4294') }],
    };
    const containers = [{ imageBuild: build('20348.1') }, olderImage];
    const answer = ask(instance('a'), task(containers), { ...windows, compatibility: policy });
    expect(answer).toBe('KnownBadPair');
  });
});

it('the ports of the agent on Windows are eleven', () => {
  expect(new Set(agentPorts).size).toBe(11);
});
