import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addRootlessUser, type RootlessUser } from './engines/rootless-user.ts';
import { buildsRdmaCheck } from './suites/builds-rdma-check.ts';
import { writeDemoCatalog } from './support/demo-catalog.ts';
import { eventsOf, type HaloboxOptions, halobox, repository } from './support/halobox.ts';

/** The command line as the user runs it, with a home, a cache and a Podman of its own. */
function optionsOf(user: RootlessUser): HaloboxOptions {
  return { env: { HALOBOX_ENGINE: 'podman' }, as: { repository: join(user.home, 'shown'), run: user.run } };
}

describe('rootless Podman 4.3', () => {
  let user: RootlessUser;

  beforeAll(async () => {
    user = await addRootlessUser({ tun: 'open', show: repository });
  });
  afterAll(() => user?.stop());

  // The root file system is made by mmdebstrap without root, too.
  buildsRdmaCheck(() => optionsOf(user), { own: true });

  test('is what the engine says of itself', async () => {
    const { stdout } = await halobox(['engines', '--json'], optionsOf(user));
    expect(JSON.parse(stdout).engines).toMatchObject([
      { kind: 'podman', rootless: true, network: { mode: 'own' } },
    ]);
  });
});

describe('rootless Podman 4.3 where the kernel refuses an own network', () => {
  let user: RootlessUser;

  beforeAll(async () => {
    user = await addRootlessUser({ tun: 'closed', show: repository });
  });
  afterAll(() => user?.stop());

  test('builds with the network of the host, and says so before the build', async () => {
    const directory = await writeDemoCatalog(join(user.home, 'refused'), 'cat /proc/net/route');
    const args = ['build', 'refused', '--json'];
    const { exitCode, stdout, stderr } = await halobox(args, { ...optionsOf(user), directory });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const events = eventsOf(stdout);
    const said = events.findIndex(
      (event) => event.event === 'note' && /host.*\/dev\/net\/tun/.test(event.text),
    );
    expect(said).toBeGreaterThanOrEqual(0);
    expect(said).toBeLessThan(events.findIndex(({ event }) => event === 'layer-started'));
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'step-log', text: expect.stringMatching(/\t00000000\t/) }),
    );
  });
});
