import { choose } from '../src/lock/choose.ts';
import { largeProblems } from '../src/lock/testing/large-problems.ts';

/** Makes one of the large problems and chooses once, as `resolve` does: nothing is warm. Prints seconds and bytes. */
const [name = '', count = ''] = process.argv.slice(2);
const problem = largeProblems[name]!(Number(count));
const start = performance.now();
choose(problem);
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ seconds, peak: process.resourceUsage().maxRSS * 1024 }));
