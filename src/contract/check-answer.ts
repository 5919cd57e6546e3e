import { z } from 'zod';
import type { ContractAnswer } from '../model/contract.ts';
import type { Outcome, RunCheck } from './check.ts';
import { oneLine, outcomeText } from './wording.ts';

/**
 * A program in the image loads a library, calls it and prints a line of JSON, last; what it prints before, such as
 * a library's own notes, doesn't count.
 */
export function answerCheck(library: string, { command, env, json, seconds }: ContractAnswer): RunCheck {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const called = command.join(' ');
  return {
    by: 'run',
    id: `answer:${command[0]}`,
    what: `${library} loads and answers (${called})`,
    expected: JSON.stringify(json),
    next: `run \`${[...variables, called].join(' ')}\` in a container of the image to see why`,
    steps: [{ words: variables.length === 0 ? command : ['env', ...variables, ...command], seconds }],
    judge([outcome]) {
      if (outcome!.exitCode !== 0) return { passed: false, found: outcomeText(outcome!, seconds) };
      const answer = lastLine(outcome!);
      if (!answer) return { passed: false, found: `no JSON object: ${outcomeText(outcome!, seconds)}` };
      const passed = Object.entries(json).every(
        ([key, value]) => Object.hasOwn(answer, key) && answer[key] === value,
      );
      return { passed, found: oneLine(JSON.stringify(answer)) };
    },
  };
}

const object = z.record(z.string(), z.unknown());

function lastLine({ stdout }: Outcome): Record<string, unknown> | undefined {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  try {
    return object.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
