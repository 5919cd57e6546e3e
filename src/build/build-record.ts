import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { sha256 } from '../model/name.ts';
import { unwritable } from '../store/unwritable.ts';
import { writeWhole } from '../store/write-file.ts';

/** `$XDG_STATE_HOME/halobox/releases/<image>.json`: what the last release of an image on this machine was made of. */
export const buildRecordSchema = z.strictObject({
  format: z.literal(1),
  layers: z
    .array(sha256)
    .describe('Keys of its layers, whether they were built, reused or fetched, and its own.'),
  rootFileSystem: sha256.optional().describe('sha256 of the tarball that its base was made from.'),
});

export type BuildRecord = z.infer<typeof buildRecordSchema>;

/** @throws HaloboxError (exit 1) where the folder can't be written. */
export function writeBuildRecord(
  stateFolder: string,
  image: string,
  record: Omit<BuildRecord, 'format'>,
): void {
  const whole: BuildRecord = { format: 1, ...record };
  try {
    writeWhole(join(stateFolder, 'releases', `${image}.json`), `${JSON.stringify(whole, undefined, 2)}\n`);
  } catch (error) {
    throw unwritable(error, stateFolder, 'XDG_STATE_HOME');
  }
}

/** Of every image; one that is damaged or of another format counts for none. @throws what the file system refuses. */
export function readBuildRecords(stateFolder: string): BuildRecord[] {
  const folder = join(stateFolder, 'releases');
  return names(folder).flatMap((name) => {
    try {
      const { data } = buildRecordSchema.safeParse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
      return data ?? [];
    } catch (error) {
      // Another run may have removed it meanwhile.
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  });
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
