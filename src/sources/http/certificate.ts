import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A key and a certificate of its own for upstream.example and 127.0.0.1, which nobody vouches for; for tests. */
export function makeCertificate(folder: string): { key: Buffer; cert: Buffer; certFile: string } {
  const [keyFile, certFile] = [join(folder, 'key'), join(folder, 'cert')];
  const { error, status, stderr } = spawnSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-subj', '/CN=upstream.example'],
      ...['-addext', 'subjectAltName=DNS:upstream.example,IP:127.0.0.1'],
      ...['-keyout', keyFile, '-out', certFile],
    ],
    { encoding: 'utf8' },
  );
  if (error)
    throw new Error('openssl is needed. Install it (Debian: apt-get install openssl)', { cause: error });
  if (status !== 0) throw new Error(stderr);
  return { key: readFileSync(keyFile), cert: readFileSync(certFile), certFile };
}
