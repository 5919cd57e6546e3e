/**
 * The stages of a BuildKit graph, each after those that it builds on. The graph itself is told from its end or from its
 * beginning, depending on the version.
 * @param inputs of each vertex, the digests that it builds on.
 * @param steps the vertexes that belong to a stage.
 */
export function stageOrder(
  inputs: ReadonlyMap<string, readonly string[]>,
  steps: ReadonlyMap<string, { stage: string }>,
): string[] {
  const depths = new Map<string, number>();
  const depthOf = (digest: string): number => {
    const known = depths.get(digest);
    if (known !== undefined) return known;
    const depth = 1 + Math.max(0, ...(inputs.get(digest) ?? []).map(depthOf));
    depths.set(digest, depth);
    return depth;
  };
  const stages = new Map<string, number>();
  for (const [digest, { stage }] of steps) {
    stages.set(stage, Math.max(stages.get(stage) ?? 0, depthOf(digest)));
  }
  return [...stages].sort(([, one], [, other]) => one - other).map(([stage]) => stage);
}
