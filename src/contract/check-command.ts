import type { ContractCommand } from '../model/contract.ts';
import type { RunCheck } from './check.ts';
import { outcomeText } from './wording.ts';

/** A command exists on PATH, runs, and ends as it should. */
export function commandCheck({ command, args, exits, says, seconds }: ContractCommand): RunCheck {
  const words = [command, ...args];
  const codes = exits.join(' or ');
  return {
    by: 'run',
    id: `command:${command}`,
    what: `${words.join(' ')} runs`,
    expected:
      says === undefined ? `exit code ${codes}` : `exit code ${codes} and text that matches /${says}/`,
    next: `install the package that holds ${command} in a layer of the image, or correct \`contract.commands\``,
    steps: [{ words, seconds }],
    judge([outcome]) {
      const { exitCode, stdout, stderr } = outcome!;
      const said = says === undefined || new RegExp(says, 'mu').test(`${stdout}\n${stderr}`);
      const found = outcomeText(outcome!, seconds);
      if (exits.includes(exitCode) && said) return { passed: true, found };
      if (exitCode === 127) return { passed: false, found };
      return { passed: false, found, next: `see why, or correct \`${command}\` in \`contract.commands\`` };
    },
  };
}
