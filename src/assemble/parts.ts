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
  /** `<layer>/<owner>`, or `<layer>` for the rest of it. */
  name: string;
  paths: string[];
}

/** What is smaller is not worth a layer of its own: a request takes longer than its bytes. */
const leastSize = 4 * 2 ** 20;

/**
 * Sorts paths into parts: the largest owners of each layer get one for themselves, so that an update of one does not
 * move another; all else of a layer goes together, above its owners, because it changes whenever one of them does
 * (dpkg's status, a cache). Neither sizes nor versions decide the order, so that parts below a change stay where they are.
 * @param order names of the layers, the one that changes least first.
 * @param most parts; each layer that has anything gets one in any case.
 */
export function partsOf(paths: Iterable<OwnedPath>, order: readonly string[], most: number): Part[] {
  const owned = [...paths];
  const sizes = new Map<string, number>();
  for (const { layer, owner, size } of owned) {
    if (owner !== undefined) sizes.set(nameOf(layer, owner), (sizes.get(nameOf(layer, owner)) ?? 0) + size);
  }
  const layers = order.filter((layer) => owned.some((one) => one.layer === layer));
  const apart = new Set(
    [...sizes]
      .filter(([, size]) => size >= leastSize)
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .slice(0, Math.max(0, most - layers.length))
      .map(([name]) => name),
  );
  const parts = new Map<string, Part>();
  for (const { path, layer, owner } of owned) {
    const own = owner === undefined ? layer : nameOf(layer, owner);
    const name = apart.has(own) ? own : layer;
    const part = parts.get(name) ?? { name, paths: [] };
    parts.set(name, part);
    part.paths.push(path);
  }
  return layers.flatMap((layer) => {
    const owners = [...apart].filter((name) => name.startsWith(`${layer}/`)).sort();
    return [...owners, layer].flatMap((name) => parts.get(name) ?? []);
  });
}

function nameOf(layer: string, owner: string): string {
  return `${layer}/${owner}`;
}
