import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateDrain, type TaskTimes } from '../../../domain/draining/estimateDrain.ts';
import { pullTime } from '../../../domain/draining/imagePulls.ts';

const exactly = (milliseconds: number) => ({ low: milliseconds, high: milliseconds });
const layer = (diffId: string, bytes: number) => ({ diffId, bytes });
const core = layer('core', 1_430_000_000);

const starting = (
  layers: readonly { diffId: string; bytes: number }[],
  fields: Partial<NonNullable<TaskTimes['start']>> = {},
): TaskTimes => ({
  stop: exactly(10_000),
  start: { on: 'b', layers, areLayersKnown: true, healthy: exactly(40_000), ...fields },
});

const knowing = (...diffIds: readonly string[]) => new Map([['b', new Set(diffIds)]]);

describe('how long a drain takes', () => {
  it('a wave begins when the one before it is healthy and has stopped', () => {
    const { stopsAfter, wholeAfter } = estimateDrain({
      services: [
        [
          { stops: [], starts: ['t1'] },
          { stops: ['t1'], starts: [] },
        ],
      ],
      times: new Map([['t1', starting([])]]),
      layersOn: knowing(),
    });
    expect(stopsAfter.get('t1')).toEqual(exactly(50_000));
    expect(wholeAfter).toEqual([exactly(50_000)]);
  });

  it('an image that the instance lacks is pulled and unpacked first', () => {
    const { bytes, wholeAfter } = estimateDrain({
      services: [[{ stops: [], starts: ['t1'] }]],
      times: new Map([['t1', starting([core, layer('app', 1)])]]),
      layersOn: knowing('app'),
    });
    expect(bytes.get('t1')).toBe(1_430_000_000);
    // 14.3 MB/s; or 32 MB/s and then 3.2 MB/s.
    expect(wholeAfter[0]?.low).toBe(100_000 + 40_000);
    expect(wholeAfter[0]?.high).toBe(Math.round(44_687.5 + 446_875) + 40_000);
  });

  it('one instance unpacks one image after another, and a layer once', () => {
    const waves = [[{ stops: [], starts: ['t1'] }], [{ stops: [], starts: ['t2'] }]];
    const whole = (second: readonly { diffId: string; bytes: number }[]) =>
      estimateDrain({
        services: waves,
        times: new Map([
          ['t1', starting([core])],
          ['t2', starting(second)],
        ]),
        layersOn: knowing(),
      }).wholeAfter[1]?.low;
    expect(whole([core])).toBe(40_000);
    expect(whole([layer('other', 143_000_000)])).toBe(100_000 + 10_000 + 40_000);
  });

  it('where image or instance is not known, all of it may be there, or nothing', () => {
    const unknowns = [
      { layersOn: knowing(), areLayersKnown: false },
      { layersOn: new Map<string, ReadonlySet<string>>(), areLayersKnown: true },
    ];
    for (const { layersOn, areLayersKnown } of unknowns) {
      const { wholeAfter } = estimateDrain({
        services: [[{ stops: [], starts: ['t1'] }]],
        times: new Map([['t1', starting([core], { areLayersKnown })]]),
        layersOn,
      });
      expect(wholeAfter[0]?.low).toBe(40_000);
      expect(wholeAfter[0]?.high).toBeGreaterThan(400_000);
    }
  });

  it('2.4 GB take three minutes at best and a quarter of an hour at worst', () => {
    const { low, high } = pullTime({ low: 2_400_000_000, high: 2_400_000_000 });
    expect([Math.round(low / 1_000), Math.round(high / 1_000)]).toEqual([168, 825]);
  });

  it('is a span whose ends are in order, and never shorter for one more byte', () => {
    const anySpan = fc.tuple(fc.nat(1_000), fc.nat(1_000)).map(([low, more]) => ({
      low,
      high: low + more,
    }));
    const anyTimes = fc.record({ stop: anySpan, healthy: anySpan, bytes: fc.nat(2_000_000_000) });
    fc.assert(
      fc.property(fc.array(anyTimes, { minLength: 1, maxLength: 5 }), fc.nat(4), (all, which) => {
        const whole = (more: number) =>
          estimateDrain({
            services: all.map((_, place) => [
              { stops: [], starts: [`t${place}`] },
              { stops: [`t${place}`], starts: [] },
            ]),
            times: new Map(
              all.map(({ stop, healthy, bytes }, place) => {
                const size = bytes + (place === which ? more : 0);
                return [
                  `t${place}`,
                  { ...starting([layer(`l${place}`, size)], { healthy }), stop },
                ];
              }),
            ),
            layersOn: knowing(),
          }).wholeAfter;
        const [before, after] = [whole(0), whole(10_000_000)];
        before.forEach(({ low, high }, place) => {
          expect(low).toBeLessThanOrEqual(high);
          expect(after[place]?.low).toBeGreaterThanOrEqual(low);
          expect(after[place]?.high).toBeGreaterThanOrEqual(high);
        });
      }),
    );
  });
});
