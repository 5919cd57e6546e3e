import { locked } from './lock.ts';
import { recordFolder } from './record.ts';
import type { Survey } from './survey.ts';
import { recover } from './transaction.ts';

/** Repairs what a killed run left half done in any project of a tree. */
export async function repair({ series }: Survey, note: (text: string) => void): Promise<void> {
  for (const { halfDone, project } of series) {
    if (!halfDone || !project) continue;
    const folder = recordFolder(project.tree);
    await locked(folder, async () => {
      const repaired = recover(project.tree.root, folder);
      if (repaired) note(repaired);
    });
  }
}
