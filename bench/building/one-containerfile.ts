/** What of `halobox render --json` is used. */
export interface RenderedLayer {
  layer: string;
  reference: string;
  containerfile: string;
}

/**
 * The rendered layers as the stages of one Containerfile, whose context is the folder that `halobox render --out` wrote:
 * each layer's files are in a folder of its name. Instructions stay as they are and in order; only the names of other
 * layers become names of stages, and sources of the context get their folder in front.
 */
export function oneContainerfile(layers: readonly RenderedLayer[]): string {
  const stages = layers.map(({ layer, containerfile }) =>
    containerfile
      .replaceAll(/^(FROM .+)$/gm, `$1 AS ${layer}`)
      .replaceAll(/^(COPY|ADD) (?!--)/gm, `$1 ${layer}/`),
  );
  return layers.reduce((text, { layer, reference }) => text.replaceAll(reference, layer), stages.join('\n'));
}
