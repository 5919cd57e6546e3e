import { expect, test } from 'vitest';
import { Random } from '../lock/testing/random.ts';
import { keysOfWorld } from './testing/keys-of-world.ts';
import { randomWorld } from './testing/random-world.ts';
import { reaching } from './testing/reachability.ts';
import { worldChanges } from './testing/world-changes.ts';

const seeds = Array.from({ length: 500 }, (_, index) => 20_261_100 + index);

test('equal inputs in any order of maps and at any place give equal keys, on 500 generated images', () => {
  for (const seed of seeds) {
    const world = randomWorld(new Random(seed));
    const turns = new Random(seed + 1);
    const turned = keysOfWorld(world, '/another/place', (list) => turns.shuffled(list));
    expect([...turned].sort(), `seed ${seed}`).toEqual([...keysOfWorld(world)].sort());
  }
});

test('a changed byte changes exactly the keys of the layers that can reach it, on 500 generated images', () => {
  const kinds = new Map<string, number>();
  let spared = 0;
  for (const seed of seeds) {
    const random = new Random(seed);
    const world = randomWorld(random);
    const before = keysOfWorld(world);
    for (const { what, world: after, direct } of worldChanges(world, random)) {
      const keys = keysOfWorld(after);
      expect([...keys.keys()]).toEqual([...before.keys()]);
      const changed = [...keys].filter(([layer, key]) => before.get(layer) !== key).map(([layer]) => layer);
      // A layer that nothing released needs is not planned and has no key.
      const expected = [...reaching(world, direct)].filter((layer) => before.has(layer));
      expect(changed.sort(), `seed ${seed}, ${what}`).toEqual(expected.sort());
      const kind = what.split(' ')[0]!;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (changed.length < keys.size) spared++;
    }
  }
  // Each kind of change is there often enough to mean something, and most leave some layers as they are.
  expect(kinds.size).toBe(15);
  expect(Math.min(...kinds.values())).toBeGreaterThan(100);
  expect(spared).toBeGreaterThan(1500);
});
