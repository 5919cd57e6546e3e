import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { InvalidInput } from '../model/error.ts';
import { endOfArchive, paddingOf, tarHeader } from './header.ts';
import { Piece } from './piece.ts';
import type { Member } from './walk.ts';

/** A symlink could have been put there since the walk saw a file, or a pipe that would block. */
const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The tar archive of the members, in pieces. Headers and contents go straight into one piece after the other, with
 * open, fstat, read and close as the only calls per small file. They are the synchronous ones on purpose: measured on
 * 20,000 files they take half the time of asynchronous ones (four trips to the thread pool per file), and a piece, after
 * which others get their turn, is a fraction of a millisecond.
 * Ending the generator early closes the file that is open.
 */
export function* tarBlocks(members: Iterable<Member>, time: number): Generator<Buffer> {
  const piece = new Piece();
  for (const member of members) {
    if (member.type === 'file') yield* packFile(piece, member, time);
    else if (member.type === 'text') {
      const content = Buffer.from(member.text);
      const mode = normalMode(member.mode, false);
      yield* piece.put(
        tarHeader({ path: member.path, type: 'file', mode, size: content.length }, time),
        content,
        paddingOf(content.length),
      );
    } else {
      const mode = member.type === 'directory' ? 0o755 : 0o777;
      yield* piece.put(tarHeader({ ...member, mode, size: 0 }, time));
    }
  }
  yield* piece.put(endOfArchive);
  if (piece.used > 0) yield piece.take();
}

function* packFile(
  piece: Piece,
  { path, from, mode, sha256 }: Extract<Member, { type: 'file' }>,
  time: number,
): Generator<Buffer> {
  const hash = sha256 === undefined ? undefined : createHash('sha256');
  const descriptor = openSync(from, openFlags);
  try {
    const facts = fstatSync(descriptor);
    if (!facts.isFile()) throw changed(from, 'is not a regular file any more');
    const { size } = facts;
    const executable = (facts.mode & 0o100) !== 0;
    yield* piece.put(tarHeader({ path, type: 'file', mode: normalMode(mode, executable), size }, time));
    let left = size;
    let ended = false;
    while (left > 0 || !ended) {
      if (piece.room === 0) yield piece.take();
      // One byte more than there should be: so the read that gets the last byte also sees that it was the last.
      const asked = Math.min(left + 1, piece.room);
      const got = readSync(descriptor, piece.bytes, piece.used, asked, null);
      if (got > left) throw changed(from, `grew beyond ${size} bytes`);
      if (got === 0 && left > 0) throw changed(from, `shrank from ${size} to ${size - left} bytes`);
      ended = got < asked;
      hash?.update(piece.bytes.subarray(piece.used, piece.used + got));
      left -= got;
      piece.used += got;
    }
    if (hash && hash.digest('hex') !== sha256) throw changed(from, `is not what sha256:${sha256} names`);
    yield* piece.put(paddingOf(size));
  } finally {
    closeSync(descriptor);
  }
}

/** A mode that was asked for stays; the host's own is reduced to what no umask changes. */
function normalMode(asked: number | undefined, executable: boolean): number {
  return asked === undefined ? (executable ? 0o755 : 0o644) : asked & 0o7777;
}

function changed(file: string, how: string): InvalidInput {
  return new InvalidInput({
    what: `${file} changed since this build began: it ${how}`,
    where: file,
    next: 'Run again when nothing writes to it.',
  });
}
