import type { ContractText } from '../model/contract.ts';
import type { FactsCheck } from './check.ts';
import { demandText, matchesText, oneLine } from './wording.ts';

/** A label of the image has a value. */
export function labelCheck(label: string, demand: ContractText): FactsCheck {
  return {
    by: 'facts',
    id: `label:${label}`,
    what: `label ${label}`,
    expected: demandText(demand),
    next: `set the label in the final layer, or correct \`contract.labels\``,
    judge({ labels }) {
      const value = Object.hasOwn(labels, label) ? labels[label] : undefined;
      if (value === undefined) return { passed: false, found: 'no such label' };
      return { passed: matchesText(value, demand), found: JSON.stringify(oneLine(value)) };
    },
  };
}
