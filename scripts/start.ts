import { main } from '../src/cli/main.ts';
import { ExitCode, HaloboxError } from '../src/model/error.ts';
import { errorText } from '../src/report/error-text.ts';
import { prepareMachine } from './prepare-machine.ts';

/** `npm start`: brings what a build needs to this machine, builds the default image and shows how to enter it. */
const image = 'rdma-check';
const args = process.argv.slice(2);

try {
  const onlyTalk = args.includes('--help') || args.includes('-h');
  const engineNamed = args.some((arg) => /^--engine(=|$)/.test(arg));
  const ready = onlyTalk || (await prepareMachine(process, engineNamed));
  process.exitCode = ready ? await main(['build', image, ...args], process) : ExitCode.engine;
} catch (error) {
  process.stderr.write(`${errorText(error, args.includes('--debug'))}\n`);
  process.exitCode = error instanceof HaloboxError ? error.exitCode : ExitCode.failed;
}
