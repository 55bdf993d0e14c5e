import sin from '@stdlib/math-base-special-sin';
import { RunError } from 'rxflo';

type Numbers = ArrayLike<number>;
type Point = readonly [number, number];

/** A plant: maps the outputs of a network to a position in the plane, and evaluates it. */
export interface Plant {
  /** Squared distance from the target. */
  readonly distance: (z: Numbers, aim: Numbers) => number;
  /** The same plus the cost of movement, which is the error that the network receives. */
  readonly error: (z: Numbers, usual: Numbers, aim: Numbers) => number;
  /** Whether the network outputs positions, so that it can receive the target. */
  readonly shows: boolean;
}

/** z is the position. */
export const direct: Plant = plant((z) => [z[0], z[1]], true);

/**
 * Segments of these lengths, from `origin` on; each is rotated by pi z_k relative to the previous one, the first relative to the vertical. `costs`
 * are factors of |z - running mean of z|.
 */
export function arm(lengths: readonly number[], origin: Point, costs?: readonly number[]): Plant {
  const place = (z: Numbers): Point => {
    let [x, y, turned] = [origin[0], origin[1], 0];
    for (const [k, length] of lengths.entries()) {
      turned += z[k];
      x += length * sin(Math.PI * turned);
      y += length * sin(Math.PI * (turned + 0.5));
    }
    return [x, y];
  };
  return plant(place, false, costs);
}

function plant(place: (z: Numbers) => Point, shows: boolean, costs: readonly number[] = []): Plant {
  const distance = (z: Numbers, aim: Numbers) => {
    const [x, y] = place(z);
    return finite('distance', (x - aim[0]) * (x - aim[0]) + (y - aim[1]) * (y - aim[1]));
  };
  const error = (z: Numbers, usual: Numbers, aim: Numbers) =>
    costs.reduce((sum, cost, k) => sum + cost * Math.abs(z[k] - usual[k]), distance(z, aim));
  return { distance, shows, error: (z, usual, aim) => finite('error', error(z, usual, aim)) };
}

/** When a network diverges, the distance overflows before its own numbers do. */
function finite(what: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw new RunError('plant', `its ${what} became ${value}`, { kind: 'diverged' });
}

/** The butterfly to draw, [timesteps] positions; rotated by a number of quarter turns. */
export function butterfly(timesteps: number, quarters = 0): readonly Point[] {
  const cos = (a: number) => sin(a + Math.PI / 2);
  return Array.from({ length: timesteps }, (_, t): Point => {
    const a = (2 * Math.PI * t) / (timesteps - 1);
    const rho = 9 - sin(a) + 2 * sin(3 * a) + 2 * sin(5 * a) - sin(7 * a) + 3 * cos(2 * a) - 2 * cos(4 * a);
    const turned = a + (quarters * Math.PI) / 2;
    return [(rho * cos(turned)) / 14.4734, (rho * sin(turned)) / 14.4734];
  });
}
