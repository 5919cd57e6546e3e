import { expect, test } from 'vitest';
import { conditionSchema } from '../model/condition.ts';
import { firstUnmet } from './conditions.ts';

const files: Record<string, string> = {
  'a.c': '#if  defined(__gfx1100__)\n  one();\n#endif\nlater gfx1151\n',
  'b.cmake': 'set(GPUS\n  "gfx1100;gfx1151" # gfx90a\n)\nadd(x LIST gfx90a OTHER gfx1152)\n',
};
const unmet = (condition: unknown) =>
  firstUnmet([conditionSchema.parse(condition)], 'gfx1151', (path) => files[path]);

test.each([
  [{ file: 'a.c', has: ['#if defined(__gfx1100__) one();'] }, undefined],
  [{ file: 'a.c', has: ['{target}'] }, undefined],
  [{ file: 'a.c', has: ['gfx1152'] }, 'a.c lacks "gfx1152"'],
  [{ file: 'a.c', lacks: ['{target}'] }, 'a.c has "gfx1151"'],
  [{ file: 'a.c', within: { from: '#if', to: '#endif' }, lacks: ['{target}'] }, undefined],
  [
    { file: 'a.c', within: { from: '#if', to: '#endif' }, has: ['later'] },
    'a.c, from "#if" on, lacks "later"',
  ],
  [{ file: 'a.c', within: { from: '#else', to: '#endif' } }, 'a.c lacks "#else"'],
  [{ file: 'a.c', within: { from: '#if', to: '#else' } }, 'a.c has no "#else" after "#if"'],
  [{ file: 'c.c', has: ['x'] }, 'c.c is not there'],
  [{ file: 'b.cmake', call: 'set', about: 'GPUS', has: ['{target}', 'gfx1100'] }, undefined],
  [{ file: 'b.cmake', call: 'set', about: 'GPUS', has: ['gfx90a'] }, 'b.cmake, set(GPUS …), lacks "gfx90a"'],
  [
    { file: 'b.cmake', call: 'add', about: 'x', keyword: 'LIST', has: ['gfx90a'], lacks: ['gfx1152'] },
    undefined,
  ],
  [{ file: 'b.cmake', call: 'add', about: 'x', keyword: 'NONE', lacks: ['gfx90a'] }, undefined],
  [{ file: 'b.cmake', call: 'set', about: 'NONE' }, 'b.cmake has no set(NONE …)'],
])('%j', (condition, expected) => {
  expect(unmet(condition)).toBe(expected);
});
