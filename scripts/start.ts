import { main } from '../src/cli/main.ts';
import { ExitCode, HaloboxError } from '../src/model/error.ts';
import { errorText } from '../src/report/error-text.ts';
import { prepareMachine } from './prepare-machine.ts';

/**
 * `npm start`: brings what a build needs to this machine, builds the default image and shows how to enter it. Debian's
 * archive keeps no old versions, so the packages in a lock of last month are gone: those are locked anew before. Who
 * builds releases runs `halobox build` with the lock that was reviewed.
 */
const image = 'rdma-check';
const args = process.argv.slice(2);

try {
  const onlyTalk = args.includes('--help') || args.includes('-h');
  const engineNamed = args.some((arg) => /^--engine(=|$)/.test(arg));
  const ready = onlyTalk || (await prepareMachine(process, engineNamed));
  process.exitCode = ready ? await buildDefault(onlyTalk) : ExitCode.engine;
} catch (error) {
  process.stderr.write(`${errorText(error, args.includes('--debug'))}\n`);
  process.exitCode = error instanceof HaloboxError ? error.exitCode : ExitCode.failed;
}

async function buildDefault(onlyTalk: boolean): Promise<number> {
  if (!onlyTalk) {
    // What it says is for stderr: stdout is the build's.
    const host = {
      env: process.env,
      stdout: process.stderr as unknown as NodeJS.Process['stdout'],
      stderr: process.stderr,
      getuid: () => process.getuid?.() ?? 0,
      on: process.on.bind(process),
      off: process.off.bind(process),
    };
    const code = await main(['resolve', image, '--upgrade', 'debian'], host);
    if (code !== ExitCode.done && code !== ExitCode.upstream) return code;
  }
  return await main(['build', image, ...args], process);
}
