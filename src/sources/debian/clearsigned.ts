import { unreadable } from '../listing/unreadable.ts';

const begin = '-----BEGIN PGP SIGNED MESSAGE-----';
const signature = '-----BEGIN PGP SIGNATURE-----';
const end = '-----END PGP SIGNATURE-----';

/**
 * The text between the armour lines of a clear-signed message (RFC 9580, 7), unescaped; what stands outside it is nobody's
 * word and is left out. Whether the signature is right is not checked here: apt does so when the build installs packages.
 * @throws UpstreamError when it is no such message, or its form is not exactly that of one.
 */
export function signedText(text: string, url: string): string {
  const lines = text.split('\n').map((line) => line.replace(/[ \t\r]+$/, ''));
  const start = lines.indexOf(begin);
  if (start < 0) throw unreadable(url, 'the answer is no signed Release file: no line begins a message');
  const blank = lines.indexOf('', start);
  const stop = lines.indexOf(signature, start);
  if (blank < 0 || stop < blank || lines.indexOf(end, stop) < 0) {
    throw unreadable(url, 'the signed Release file is not whole');
  }
  for (const header of lines.slice(start + 1, blank)) {
    if (!/^Hash: /.test(header)) throw unreadable(url, `the signed Release file has a header ${header}`);
  }
  return lines
    .slice(blank + 1, stop)
    .map((line) => {
      if (line.startsWith('- ')) return line.slice(2);
      if (line.startsWith('-'))
        throw unreadable(url, `a line of the signed Release file is not escaped: ${line}`);
      return line;
    })
    .join('\n');
}
