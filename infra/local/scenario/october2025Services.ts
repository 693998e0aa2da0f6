import type { Builder } from '../../../domain/simulation/scenario.ts';
import type { Channel } from '../../../events/ids.ts';

/** One made-up service of the October fleet and the image it runs. */
export type Work = {
  readonly name: string;
  readonly channel: Channel;
  readonly desiredCount: number;
  /** Minimum healthy and maximum percent. */
  readonly bounds: readonly [number, number];
  readonly memoryMiB: number;
  readonly repository: string;
  readonly base: string;
  readonly build: string;
  readonly pushedAt: string;
  readonly appBytes: number;
  readonly vendorImage?: string;
  readonly builder?: Builder;
  readonly hostPort?: number;
  readonly breaker?: boolean;
};

const core = 'windows/servercore';
const nano = 'windows/nanoserver';
const iis = 'windows/servercore/iis';
const aspnet = 'dotnet/framework/aspnet';
const runtime = 'dotnet/framework/runtime';

const september: Readonly<Record<string, string>> = {
  ltsc2019: '17763.7792',
  ltsc2022: '20348.4171',
  ltsc2025: '26100.6584',
};

type Rest = Partial<Work>;

const work = (
  channel: Channel,
  name: string,
  desiredCount: number,
  bounds: readonly [number, number],
  memoryMiB: number,
  base: string,
  rest: Rest = {},
): Work => ({
  name,
  channel,
  desiredCount,
  bounds,
  memoryMiB,
  base,
  repository: name,
  build: september[channel] ?? '',
  pushedAt: '2025-09-10T08:00:00Z',
  appBytes: 90_000_000,
  ...rest,
});

/** 25 services, 300 tasks: 90 on 2019, 128 on 2022, 82 on 2025. */
export const works: readonly Work[] = [
  work('ltsc2019', 'orders', 24, [50, 100], 1408, aspnet, { breaker: true }),
  work('ltsc2019', 'invoices', 16, [100, 200], 1536, core),
  work('ltsc2019', 'reports', 12, [75, 150], 1664, iis, { appBytes: 240_000_000 }),
  work('ltsc2019', 'portal', 16, [100, 200], 1408, aspnet, {
    build: '17763.7314',
    pushedAt: '2025-05-20T09:00:00Z',
    builder: 'silent',
  }),
  work('ltsc2019', 'ledger', 8, [100, 200], 1280, core, {
    vendorImage: 'registry.vendor.example/ledger/agent:4.2',
  }),
  work('ltsc2019', 'imports', 12, [50, 200], 1280, runtime),
  // Nothing may be stopped before its replacement runs, and no replacement may run beside it.
  work('ltsc2019', 'licences', 2, [100, 100], 1024, core),

  work('ltsc2022', 'storefront', 24, [100, 200], 1536, aspnet, { breaker: true }),
  work('ltsc2022', 'checkout', 16, [75, 150], 1536, aspnet, { breaker: true }),
  work('ltsc2022', 'catalogue', 20, [50, 150], 1280, nano),
  work('ltsc2022', 'search', 12, [100, 200], 1664, nano, { appBytes: 310_000_000 }),
  work('ltsc2022', 'pricing', 8, [50, 100], 1280, core, {
    build: '20348.3932',
    pushedAt: '2025-07-15T10:00:00Z',
  }),
  work('ltsc2022', 'shipping', 12, [100, 150], 1408, iis, { repository: 'logistics' }),
  work('ltsc2022', 'customers', 10, [100, 200], 1280, core, {
    build: '20348.3807',
    pushedAt: '2025-06-17T10:00:00Z',
  }),
  work('ltsc2022', 'identity', 8, [100, 200], 1536, core, { breaker: true }),
  work('ltsc2022', 'documents', 12, [75, 125], 1408, iis, { repository: 'logistics' }),
  work('ltsc2022', 'scanner', 6, [100, 200], 1280, core, {
    vendorImage: 'registry.vendor.example/scan/engine:2025.9',
  }),

  work('ltsc2025', 'telemetry', 20, [50, 200], 1280, nano),
  work('ltsc2025', 'gateway', 16, [100, 200], 1536, nano, { breaker: true }),
  work('ltsc2025', 'payments', 12, [100, 150], 1536, core, { breaker: true }),
  work('ltsc2025', 'notifications', 8, [50, 100], 1408, core),
  work('ltsc2025', 'advice', 10, [75, 150], 1664, aspnet),
  work('ltsc2025', 'fraud', 6, [100, 200], 1792, core, { hostPort: 8443 }),
  work('ltsc2025', 'loyalty', 6, [100, 200], 1280, runtime),
  work('ltsc2025', 'kiosk', 4, [50, 150], 1280, core, {
    build: '26100.4349',
    pushedAt: '2025-06-18T10:00:00Z',
  }),
];
