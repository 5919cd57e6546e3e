interface Node {
  readonly needs: readonly string[];
}

type Graph = Readonly<Record<string, Node>>;

/** The names on a circle of needs, first and last equal; undefined when there is none. Unknown names are passed over. */
export function findCycle(graph: Graph): string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const need of graph[name]?.needs ?? []) {
      const cycle = visit(need, [...path, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(graph)) {
    const cycle = visit(name, []);
    if (cycle) return cycle;
  }
  return undefined;
}

/** `final` and everything that it needs, each after what it needs; independent layers in the order of their names. */
export function buildOrder(graph: Graph, final: string): string[] {
  const order: string[] = [];
  const visit = (name: string): void => {
    if (order.includes(name)) return;
    for (const need of [...(graph[name]?.needs ?? [])].sort()) visit(need);
    order.push(name);
  };
  visit(final);
  return order;
}

/** The graph without one node and without what is no longer needed then; needs on it vanish. `final` stays. */
export function withoutNode<N extends Node>(
  graph: Readonly<Record<string, N>>,
  dropped: string,
  final: string,
): Record<string, N> {
  const left = Object.fromEntries(
    Object.entries(graph)
      .filter(([name]) => name !== dropped)
      .map(([name, node]) => [name, { ...node, needs: node.needs.filter((need) => need !== dropped) }]),
  );
  const needed = new Set(buildOrder(left, final));
  return Object.fromEntries(Object.entries(left).filter(([name]) => needed.has(name)));
}

/** For ordering alone: the graph in which everything that needs `node` also comes after `earlier`. */
export function orderedAfter(graph: Graph, node: string, earlier: readonly string[]): Record<string, Node> {
  return Object.fromEntries(
    Object.entries(graph).map(([name, { needs }]) => [
      name,
      { needs: needs.includes(node) ? [...new Set([...needs, ...earlier])] : needs },
    ]),
  );
}
