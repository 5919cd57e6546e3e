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
