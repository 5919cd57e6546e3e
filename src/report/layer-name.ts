/** A layer as the events of a build name it. */
export interface LayerName {
  layer: string;
  /** The first image that has it, where another layer of the build has its name too. */
  image?: string;
}

/** `tools`, or `link-check/tools` where there is another one. */
export function layerText({ layer, image }: LayerName): string {
  return image === undefined ? layer : `${image}/${layer}`;
}

/** Names that tell the layers of a build apart, by key. */
export function layerNames(
  nodes: Iterable<{ key: string; layer: string; images: readonly string[] }>,
): Map<string, LayerName> {
  const all = [...nodes];
  const count = Map.groupBy(all, ({ layer }) => layer);
  return new Map(
    all.map(({ key, layer, images }) => [
      key,
      count.get(layer)!.length > 1 ? { layer, image: images[0]! } : { layer },
    ]),
  );
}
