import { describe, expect, it } from 'vitest';
import { fold } from '../../../domain/decider.ts';
import { type ChannelCommand, channel } from '../../../domain/windows/channel.ts';
import { madeUp, october, on, read } from './windowsFacts.ts';

describe('content that is not what the tag says', () => {
  const nano = { repository: 'windows/nanoserver', tag: 'ltsc2022' };
  const held = (content: typeof october.november, at: typeof nano): ChannelCommand => ({
    type: 'ObserveTag',
    ...at,
    reading: read(content),
    now: on('2022-05-10T18:00:00Z'),
  });
  const reasonOf = (command: ChannelCommand) => {
    const [event, ...more] = channel.decide(command, undefined);
    expect(more).toEqual([]);
    return event?.type === 'TagContentRefused' ? event.data.reason : event?.type;
  };

  it('is refused: Server Core behind a Nano Server tag (Windows-Containers#225)', () => {
    expect(reasonOf(held(october.november, nano))).toContain('Nano Server does not have');
    const bare = { ...october.november, history: [] } as unknown as typeof october.november;
    expect(reasonOf(held(bare, nano))).toBe('2 layers, where Nano Server has one');
  });

  it('is refused: the build of another channel', () => {
    const at = { repository: 'windows/servercore', tag: 'ltsc2025' };
    expect(reasonOf(held(october.november, at))).toBe(
      'the tag says ltsc2025 and its image says 10.0.20348.4405',
    );
  });

  it('is refused: a history of another build', () => {
    const mixed = { ...october.november, osVersion: '10.0.20348.4294' };
    const at = { repository: 'windows/servercore', tag: 'ltsc2022' };
    expect(reasonOf(held(mixed as never, at))).toContain(
      'the history of the image says 20348.4405',
    );
  });

  it('is refused once, and never moves the channel', () => {
    const [refused] = channel.decide(held(october.november, nano), undefined);
    const state = fold(channel, refused === undefined ? [] : [refused]);
    expect(state?.newest).toBeUndefined();
    expect(channel.decide(held(october.november, nano), state)).toEqual([]);
  });

  it('is not refused in a derived repository, which adds layers of its own', () => {
    const derived = {
      ...october.november,
      diffIds: [...october.november.diffIds, madeUp('iis')],
      history: [...october.november.history, 'cmd /S /C Add-WindowsFeature Web-Server'],
    };
    const at = { repository: 'windows/servercore/iis', tag: 'windowsservercore-ltsc2022' };
    expect(reasonOf(held(derived as never, at))).toBe('ReleasePublished');
  });
});
