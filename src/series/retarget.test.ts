import { expect, test } from 'vitest';
import { retarget } from './retarget.ts';

test("replaces the target's name where it stands as a word, and nothing that only holds it", () => {
  const text = '__gfx1151__ "gfx1151" gfx1151;gfx11510 xgfx1151 gfx1151-generic\n';
  expect(retarget(text, 'gfx1151', 'gfx1152')).toBe(
    '__gfx1152__ "gfx1152" gfx1152;gfx11510 xgfx1151 gfx1152-generic\n',
  );
  expect(retarget(text, 'gfx1151', 'gfx1151')).toBe(text);
});
