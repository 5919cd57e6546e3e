import { openContext } from '../src/context/open-context.ts';

/** Packs a folder as the build does, as a process of its own, so that its memory can be measured. */
const [from] = process.argv.slice(2);
openContext([{ kind: 'tree', path: '.', from: from as string }], { time: 0 }).pipe(process.stdout);
