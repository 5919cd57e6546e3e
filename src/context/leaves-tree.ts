/** As many symlinks as Linux follows before it gives up (ELOOP). */
const mostHops = 40;

/**
 * Whether following a symlink leads out of its tree, at any step on the way. Lexical cleaning would not do: in
 * `up/../../x` it matters where `up` itself points to.
 * @param path the symlink's own, relative to the tree's root; its parents are real folders.
 * @param linkAt the target of the symlink at a path of the tree; undefined for everything else.
 */
export function leavesTree(
  path: string,
  target: string,
  linkAt: (path: string) => string | undefined,
): boolean {
  const here = path.split('/').slice(0, -1);
  const ahead = [target];
  let hops = 0;
  while (ahead.length > 0) {
    const [name, ...rest] = (ahead.pop() as string).split('/');
    // What is left of a path begins with a slash no more, so an empty first part means an absolute target.
    if (name === '' && rest.length > 0) return true;
    const remaining = rest.filter((part) => part !== '' && part !== '.').join('/');
    if (remaining !== '') ahead.push(remaining);
    if (name === '..') {
      if (here.pop() === undefined) return true;
    } else if (name && name !== '.') {
      const link = linkAt([...here, name].join('/'));
      if (link === undefined) here.push(name);
      // A loop leads nowhere, so it does not lead out either.
      else if (++hops > mostHops) return false;
      else ahead.push(link);
    }
  }
  return false;
}
