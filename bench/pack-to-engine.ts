import { finished } from 'node:stream/promises';
import Docker from 'dockerode';
import { openContext } from '../src/context/open-context.ts';

/** Uploads a folder as a build context by the engine's API, as the build does. */
const [from, socketPath] = process.argv.slice(2) as [string, string];
const context = openContext(
  [
    { kind: 'tree', path: '.', from },
    { kind: 'text', path: 'Containerfile', text: 'FROM scratch\n' },
  ],
  { time: 0 },
);
const answer = await new Docker({ socketPath }).buildImage(context, { dockerfile: 'Containerfile' });
await finished(answer.resume());
