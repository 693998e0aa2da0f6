import { channel } from 'node:diagnostics_channel';

/** A call that AWS did not carry out and wants made later; `action` is the API's name for it. */
export type Throttle = { readonly action: string };

// A channel, because whoever counts these stands far from whoever meets them: the doors know
// nothing of single calls, and the gateways nothing of metrics.
const throttles = channel('tuesday.throttles');

export const tellThrottle = (throttle: Throttle): void => throttles.publish(throttle);

export const onThrottle = (listen: (throttle: Throttle) => void): void =>
  throttles.subscribe((message) => listen(message as Throttle));
