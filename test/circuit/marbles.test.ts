import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { build, marbles } from '../../src/circuit/index.ts';
import { threeMatrices } from '../support/networks.ts';

it('the diagram of docs/science.md is drawn from the timestep', () => {
  const drawn = marbles(build(threeMatrices({}), 1));
  const page = readFileSync('docs/science.md', 'utf8');
  const [diagram = ''] = /^(?: {4}\S.* -*o-* .*\n)+/m.exec(page) ?? [];
  expect(diagram.replace(/^ {4}/gm, '').trimEnd()).toBe(drawn);
});
