/** What a path of an image is sorted by. */
export interface OwnedPath {
  path: string;
  /** The halobox layer that it is of. */
  layer: string;
  /** Who owns it there; undefined where nobody says. */
  owner: string | undefined;
  /** Bytes. */
  size: number;
}

/** A layer of the released image. */
export interface Part {
  /** `<layer>/<owner>`; `<layer>/*` for its small owners together; `<layer>` for what nobody owns. */
  name: string;
  paths: string[];
}

/** What is smaller is not worth a layer of its own: a request takes longer than its bytes. */
const leastSize = 4 * 2 ** 20;

/**
 * Sorts paths into parts: the largest owners of each layer get one for themselves, so that an update of one does not
 * move another; its other owners get one together. What nobody owns (dpkg's status, caches, what a step wrote) changes
 * whenever anything does, also in a layer above: it lies above the owners of all layers that change as often. Neither
 * sizes nor versions decide the order, so that parts below a change stay where they are.
 * @param order the layers, the one that changes least first; those that change as often have one level.
 * @param most parts; each layer that has anything gets one in any case.
 */
export function partsOf(
  paths: Iterable<OwnedPath>,
  order: readonly { layer: string; level: number }[],
  most: number,
): Part[] {
  const owned = [...paths];
  const layers = order.filter(({ layer }) => owned.some((one) => one.layer === layer));
  // Two for each layer, whether it comes to need them or not: what is not there yet moves nothing.
  const apart = ownersApart(owned, most - 2 * order.length);
  const parts = new Map<string, Part>();
  for (const { path, layer, owner } of owned) {
    const names = owner === undefined ? [] : [nameOf(layer, owner), nameOf(layer, others)];
    const name = names.find((one) => apart.has(one)) ?? layer;
    const part = parts.get(name) ?? { name, paths: [] };
    parts.set(name, part);
    part.paths.push(path);
  }
  const levels = Map.groupBy(layers, ({ level }) => level);
  return [...levels.values()].flatMap((level) => {
    const names = level.flatMap(({ layer }) => namesOf(apart, layer));
    return [...names, ...level.map(({ layer }) => layer)].flatMap((name) => parts.get(name) ?? []);
  });
}

/** No owner is called so. */
const others = '*';

/** Names of the parts that hold owned files alone. @param room for so many large owners. */
function ownersApart(owned: readonly OwnedPath[], room: number): Set<string> {
  const sizes = new Map<string, { layer: string; size: number }>();
  for (const { layer, owner, size } of owned) {
    if (owner === undefined) continue;
    const name = nameOf(layer, owner);
    sizes.set(name, { layer, size: size + (sizes.get(name)?.size ?? 0) });
  }
  if (room < 0) return new Set();
  const apart = new Set(
    [...sizes]
      .filter(([, { size }]) => size >= leastSize)
      .sort(([a, x], [b, y]) => y.size - x.size || (a < b ? -1 : 1))
      .slice(0, room)
      .map(([name]) => name),
  );
  for (const layer of new Set([...sizes.values()].map(({ layer }) => layer))) {
    const rest = [...sizes].filter(([name, one]) => one.layer === layer && !apart.has(name));
    const size = rest.reduce((sum, [, one]) => sum + one.size, 0);
    if (size >= leastSize) apart.add(nameOf(layer, others));
  }
  return apart;
}

/** Those of a layer in their order, small owners last. */
function namesOf(apart: ReadonlySet<string>, layer: string): string[] {
  const together = nameOf(layer, others);
  const own = [...apart].filter((name) => name.startsWith(`${layer}/`) && name !== together);
  return [...own.sort(), together];
}

function nameOf(layer: string, owner: string): string {
  return `${layer}/${owner}`;
}
