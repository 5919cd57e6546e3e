import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { Interrupted } from '../model/error.ts';
import { takeLease } from './lease.ts';

const { signal } = new AbortController();

test('who comes second waits until the first releases it', async () => {
  const name = randomUUID();
  const first = await takeLease(name, signal);
  const said: string[] = [];
  let taken = false;
  const waits = Promise.withResolvers<void>();
  const second = takeLease(name, signal, () => {
    said.push('waiting');
    waits.resolve();
  }).then((lease) => {
    taken = true;
    return lease;
  });
  await waits.promise;
  expect([said, taken]).toEqual([['waiting'], false]);
  first.release();
  (await second).release();
  expect(said).toEqual(['waiting']);
});

test('others are not waited for', async () => {
  const leases = await Promise.all([randomUUID(), randomUUID()].map((name) => takeLease(name, signal)));
  for (const lease of leases) lease.release();
});

test('many at once have it one after the other', async () => {
  const name = randomUUID();
  let having = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      const lease = await takeLease(name, signal);
      most = Math.max(most, ++having);
      await new Promise((turn) => setImmediate(turn));
      having--;
      lease.release();
    }),
  );
  expect(most).toBe(1);
});

test('waiting can be given up', async () => {
  const name = randomUUID();
  const lease = await takeLease(name, signal);
  const stop = new AbortController();
  const waits = Promise.withResolvers<void>();
  const second = takeLease(name, stop.signal, waits.resolve);
  await waits.promise;
  stop.abort();
  await expect(second).rejects.toBeInstanceOf(Interrupted);
  lease.release();
});

test('what a killed process had can be taken at once', async () => {
  const name = randomUUID();
  const code = `
    const { takeLease } = await import(${JSON.stringify(new URL('lease.ts', import.meta.url).href)});
    await takeLease(${JSON.stringify(name)}, new AbortController().signal);
    console.log('taken');
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const waits = Promise.withResolvers<void>();
  const mine = takeLease(name, signal, waits.resolve);
  await waits.promise;
  child.kill('SIGKILL');
  (await mine).release();
});
