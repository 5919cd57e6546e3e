import type { Contract } from '../model/contract.ts';
import type { Check } from './check.ts';
import { answerCheck } from './check-answer.ts';
import { bannerCheck } from './check-banner.ts';
import { codeObjectCheck } from './check-code-objects.ts';
import { commandCheck } from './check-command.ts';
import { fileCheck } from './check-file.ts';
import { groupCheck } from './check-group.ts';
import { labelCheck } from './check-label.ts';
import { sudoCheck, userIdCheck } from './check-user.ts';

/** The checks that a contract declares, in the order in which they run. */
export function checksOf(contract: Contract): Check[] {
  const { user, banner } = contract;
  return unique([
    ...Object.entries(contract.labels).map(([label, demand]) => labelCheck(label, demand)),
    // Files come before the user, whose creation writes to some of them.
    ...contract.files.map(fileCheck),
    ...contract.groups.map(groupCheck),
    ...contract.commands.map(commandCheck),
    ...(user ? [userIdCheck(user)] : []),
    ...(user?.sudo ? [sudoCheck(user)] : []),
    ...(banner ? [bannerCheck(banner)] : []),
    ...contract.libraries.flatMap(({ path, answers }) => answers.map((answer) => answerCheck(path, answer))),
    ...contract.libraries.flatMap(({ path, codeObjects }) =>
      codeObjects ? [codeObjectCheck(path, codeObjects)] : [],
    ),
  ]);
}

/** `command:ip`, and for the second of its name `command:ip#2`. */
function unique(checks: Check[]): Check[] {
  const seen = new Map<string, number>();
  return checks.map((check) => {
    const count = (seen.get(check.id) ?? 0) + 1;
    seen.set(check.id, count);
    return count === 1 ? check : { ...check, id: `${check.id}#${count}` };
  });
}
