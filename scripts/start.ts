import { main } from '../src/cli/main.ts';
import { prepareMachine } from './prepare-machine.ts';

/** `npm start`: brings what a build needs to this machine, builds the default image and shows how to enter it. */
const image = 'rdma-check';

if (await prepareMachine(process)) {
  process.exitCode = await main(['build', image, ...process.argv.slice(2)], process);
} else {
  process.exitCode = 6;
}
