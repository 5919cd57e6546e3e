import type { Upstream } from './upstream.ts';

/**
 * Upstream that is opened when something of it is wanted: most builds have all that they need, and loading what speaks to
 * upstream takes a tenth of the time that such a build has.
 * @param open asked once.
 */
export function upstreamOnDemand(open: () => Promise<Upstream>): Upstream {
  let opened: Promise<Upstream> | undefined;
  const upstream = () => (opened ??= open());
  return {
    bring: async (wanted) => (await upstream()).bring(wanted),
    bringFromPool: async (file) => (await upstream()).bringFromPool(file),
    bringCommit: async (pin, into) => (await upstream()).bringCommit(pin, into),
  };
}
