import type { World } from './random-world.ts';

/**
 * The layers of a generated image that reach one of the given ones over what they need, by Warshall's transitive
 * closure over a matrix: on purpose nothing that halobox itself does.
 */
export function reaching({ layers }: World, given: readonly string[]): Set<string> {
  const size = layers.length;
  const at = new Map(layers.map(({ name }, index) => [name, index]));
  const reaches = layers.map(({ needs }, from) =>
    Array.from({ length: size }, (_, to) => from === to || needs.some((need) => at.get(need) === to)),
  );
  for (let via = 0; via < size; via++)
    for (let from = 0; from < size; from++)
      for (let to = 0; to < size; to++) reaches[from]![to] ||= reaches[from]![via]! && reaches[via]![to]!;
  return new Set(
    layers.filter((_, index) => given.some((one) => reaches[index]![at.get(one)!])).map(({ name }) => name),
  );
}
