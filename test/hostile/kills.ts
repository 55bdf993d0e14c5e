/** `npm run kills -- 20 1`: two processes on one run directory, with so many kills at moments that a seed chooses. */
import process from 'node:process';
import { workplace } from '../cli/command.ts';
import { contest } from './rivals.ts';

const [kills = '20', seed = '1'] = process.argv.slice(2);
const { directory, remove } = workplace();
const contested = await contest(directory, Number(kills), { trials: 20_000, seed: Number(seed) });
remove();
console.log(JSON.stringify(contested, null, 1));
const strange = contested.refusals.filter((refusal) => !/^2 .* is at work here/.test(refusal));
process.exitCode =
  contested.sameBytes && strange.length === 0 && String(contested.left) === String(contested.right) ? 0 : 1;
