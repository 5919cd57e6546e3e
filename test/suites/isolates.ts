import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { writeDemoCatalog } from '../support/demo-catalog.ts';
import { eventsOf, type HaloboxOptions, halobox } from '../support/halobox.ts';

const interfaces = 'echo "interfaces:" $(ls /sys/class/net) && cat /proc/net/route';

/** `network: none` really has none, and the default really has one: a check that could not fail would show nothing. */
export function isolates(options: () => HaloboxOptions, folder: () => string): void {
  const run = async (network: 'default' | 'none') => {
    const directory = join(folder(), `network-${network}`);
    // The words differ, so that no cache of the engine answers for the other.
    await writeDemoCatalog(directory, `: ${network}; ${interfaces}`, { network });
    const { exitCode, stdout } = await halobox(['build', basename(directory), '--json'], {
      ...options(),
      directory,
    });
    expect(exitCode).toBe(0);
    return eventsOf(stdout)
      .flatMap((event) => (event.event === 'step-log' ? [event.text] : []))
      .join('\n');
  };

  test('RUN steps of a layer without network see the loopback interface alone and no route', async () => {
    const said = await run('none');
    expect(said).toMatch(/interfaces: lo\s*$/m);
    expect(said).toMatch(/Iface\s+Destination[^\n]*\s*$/);
  });

  test('RUN steps of other layers have a network', async () => {
    expect(await run('default')).toMatch(/interfaces: .*\b(?!lo\b)\w+/);
  });
}
