/**
 * What a step in W, and one in A = (I - W)^-1, meets on its way from the minimum in a random direction (Zhu & Rosenbaum 2024): the loss of a linear network's
 * fixed points, which has a pole wherever an eigenvalue of W is 1, and is a parabola in A.
 *
 *     npx tsx scenarios/figures/singularities.ts runs/singularities
 */
import { argv } from 'node:process';
import { determinant, EigenvalueDecomposition, inverse, Matrix, pseudoInverse } from 'ml-matrix';
import * as Plot from '@observablehq/plot';
import { stream } from 'rxflo';
import { normals, singular } from '../systems/singular.ts';
import { COLOURS, write } from './sheet.ts';

const [UNITS, SAMPLES, POINTS] = [60, 30, 1201];
const random = stream(1, 'singularity');
const { drives, targets } = singular(UNITS, SAMPLES, random);
const d = new Matrix(drives).transpose();
const target = new Matrix(targets).transpose();
const eye = Matrix.eye(UNITS, UNITS);

/** The mean over samples of |A d - target|^2. */
function loss(a: Matrix): number {
  const off = a.mmul(d).sub(target);
  return off.norm() ** 2 / SAMPLES;
}

// (I - W*) target = d: no loss at all, for there are fewer samples than units.
const best = Matrix.sub(target, d).mmul(pseudoInverse(target));
const direction = normals(UNITS, UNITS, 2.5 / Math.sqrt(UNITS), random);
const a = inverse(Matrix.sub(eye, best));
const scaled = Matrix.mul(direction, a.norm() / direction.norm());

const steps = Array.from({ length: POINTS }, (_, k) => -1 + (2 * k) / (POINTS - 1));
const along = steps.map((s) => {
  const w = Matrix.add(best, Matrix.mul(direction, s));
  const values = new EigenvalueDecomposition(w).realEigenvalues;
  return { s, loss: loss(inverse(Matrix.sub(eye, w))), isStable: Math.max(...values) < 1 };
});
const inA = steps.map((s) => ({ s, loss: loss(Matrix.add(a, Matrix.mul(scaled, s))) }));
// det(I - W) is 0 at a pole, and changes its sign there.
const signs = steps.map((s) => Math.sign(determinant(Matrix.sub(eye, Matrix.add(best, Matrix.mul(direction, s))))));
const poles = signs.filter((sign, k) => k > 0 && sign !== signs[k - 1]);
const stable = along.filter(({ isStable }) => isStable).map(({ s }) => s);
console.log(`${poles.length} poles between s = -1 and 1; J at the minimum ${loss(a)}`);
console.log(`the network is stable from s = ${Math.min(...stable).toFixed(3)} to ${Math.max(...stable).toFixed(3)}`);

write(argv[2] ?? 'runs/singularities', {
  title: 'Poles of the loss of fixed points',
  caption:
    'The loss of a linear network of 60 units from its minimum on, in a random direction. Left: in W. It has a pole wherever an eigenvalue of W is 1; grey: where the ' +
    'network is stable. Right: in A = (I - W)^-1, of which the loss is a parabola.',
  ...{ width: 480, height: 320 },
  panels: [
    {
      heading: "In W: J(W* + s W')",
      x: { label: 's' },
      y: { type: 'log', label: 'Loss J' },
      marks: [
        Plot.rectX([{ from: Math.min(...stable), to: Math.max(...stable) }], { x1: 'from', x2: 'to', fill: '#dddddd' }),
        Plot.line(
          along.filter((one) => one.loss > 1e-9),
          { x: 's', y: 'loss', stroke: COLOURS[1] },
        ),
      ],
    },
    {
      heading: "In A: J(A* + s A')",
      x: { label: 's' },
      y: { label: 'Loss J' },
      marks: [Plot.line(inA, { x: 's', y: 'loss', stroke: COLOURS[0] })],
    },
  ],
});
