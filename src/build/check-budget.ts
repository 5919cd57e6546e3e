import { bytesText } from '../model/bytes.ts';
import { ContractFailed, type Place } from '../model/error.ts';

/**
 * Holds an image's size, all layers unpacked, against what image.yaml allows.
 * @throws ContractFailed (exit 5)
 */
export function checkBudget(image: string, size: number, budget: number | undefined, where: Place): void {
  if (budget === undefined || size <= budget) return;
  throw new ContractFailed({
    what: `${image} has ${bytesText(size)}, and its budget is ${bytesText(budget)}`,
    where,
    next: `See what takes the room: halobox size ${image}; then leave something out, or raise the budget.`,
  });
}
