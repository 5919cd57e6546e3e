import { expect, test } from 'vitest';
import { debianMirrors } from './mirrors.ts';

test('a mirror that is set is the only one', async () => {
  expect(await debianMirrors({ HALOBOX_DEBIAN_MIRROR: 'http://127.0.0.1:1/debian' })).toEqual([
    'http://127.0.0.1:1/debian/',
  ]);
});
