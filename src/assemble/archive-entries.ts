import { paddingOf, type TarHeader, tarHeader } from '../context/header.ts';
import type { PartFacts } from './remembered-parts.ts';

/** A part as an archive of an image has it. */
export interface ArchivedPart extends PartFacts {
  /** Its name in the archive; undefined: it was left out. */
  file: string | undefined;
}

/** What makes an image of parts that are in the archive already: only then is it known what they are called. */
export type ImageForm = (config: Buffer, parts: readonly ArchivedPart[]) => Generator<Buffer, void>;

export function fileHeader(path: string, size: number): Buffer {
  return headerOf({ path, type: 'file', size });
}

export function documentEntry(path: string, content: Buffer): Buffer {
  return Buffer.concat([fileHeader(path, content.length), content, paddingOf(content.length)]);
}

/** One more name of what is in the archive. */
export function linkEntry(path: string, target: string): Buffer {
  return headerOf({ path, type: 'link', target, size: 0 });
}

function headerOf(header: Omit<TarHeader, 'mode'>): Buffer {
  return tarHeader({ ...header, mode: 0o644 }, 0);
}
