import { homedir } from 'node:os';
import { readMirrors } from './http/mirrors.ts';
import { proxiesOf } from './http/proxies.ts';
import type { Upstream } from './upstream.ts';

/**
 * Upstream that is opened when something of it is wanted: most builds have all that they need, and loading what speaks to
 * upstream takes a tenth of the time that such a build has. What is wrong with mirrors and proxies is told at once.
 * @param open asked once.
 * @throws InvalidInput (exit 2) for a file of mirrors or a proxy that is not right.
 */
export function upstreamOnDemand(env: NodeJS.ProcessEnv, open: () => Promise<Upstream>): Upstream {
  readMirrors(env, homedir());
  proxiesOf(env);
  let opened: Promise<Upstream> | undefined;
  const upstream = () => (opened ??= open());
  return {
    bring: async (wanted) => (await upstream()).bring(wanted),
    bringFromPool: async (file) => (await upstream()).bringFromPool(file),
    bringCommit: async (pin, into) => (await upstream()).bringCommit(pin, into),
  };
}
