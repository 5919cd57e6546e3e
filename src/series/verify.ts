import type { Verdict } from '../model/series.ts';
import { firstUnmet } from './conditions.ts';
import { readInside } from './inside-tree.ts';
import type { Surveyed } from './survey.ts';
import { sameState, stateOf } from './transaction.ts';

export interface Proof {
  id: string;
  verdict: Verdict;
  /** Whether the tree has what the patch promises, or needs it not. */
  kept: boolean;
  reason: string;
}

/**
 * Proves from the tree's own text, and not from what was recorded, that it has what each patch of a series promises.
 */
export function verifySeries({ patches, project, applied }: Surveyed, target: string): Proof[] {
  return patches.map((patch): Proof => {
    const { id, verdict, reason = '' } = patch;
    if (verdict === 'upstream' || verdict === 'not-applicable') return { id, verdict, kept: true, reason };
    if (verdict === 'applies') return { id, verdict, kept: false, reason: 'it is needed and not applied' };
    if (verdict !== 'applied' || !('definition' in patch) || !project)
      return { id, verdict, kept: false, reason };
    const { promise, probe } = patch.definition;
    const unmet = firstUnmet(promise ?? probe, target, (path) => readInside(project.tree.root, path));
    if (unmet !== undefined) return { id, verdict, kept: false, reason: `its lines are there, but ${unmet}` };
    const changed = applied?.changes.find(
      ({ path, after }) =>
        patch.patch.files.some((file) => file.path === path) &&
        !sameState(after, stateOf(project.tree.root, path)),
    );
    const since = changed ? `; ${changed.path} has other changes since` : '';
    return { id, verdict, kept: true, reason: `the tree says so${since}` };
  });
}
