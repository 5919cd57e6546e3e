import { spawn } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import { openContext } from '../src/context/open-context.ts';

/**
 * Packs a folder into the standard input of a program, as a build on Podman does, as a process of its own, so that its
 * memory can be measured. `cat` stands for the program, as it does for GNU tar's consumer.
 */
const [from] = process.argv.slice(2);
const consumer = spawn('sh', ['-c', 'exec cat >/dev/null'], { stdio: ['pipe', 'ignore', 'inherit'] });
await pipeline(openContext([{ kind: 'tree', path: '.', from: from as string }], { time: 0 }), consumer.stdin);
