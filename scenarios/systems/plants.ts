import sin from '@stdlib/math-base-special-sin';
import { RunError } from 'rxflo';

type Numbers = ArrayLike<number>;
type Point = readonly [number, number];

/** What moves: from what a network puts out to a place in the plane, and what that is worth. */
export interface Plant {
  /** Squared distance from where it should be. */
  readonly distance: (z: Numbers, aim: Numbers) => number;
  /** The same and what movement costs, which is what the network hears. */
  readonly error: (z: Numbers, usual: Numbers, aim: Numbers) => number;
  /** Whether the network puts out places, so that it may be shown where it should be. */
  readonly shows: boolean;
}

/** z is the place. */
export const direct: Plant = plant((z) => [z[0], z[1]], true);

/** Segments of these lengths, from `origin` on; each turns by pi z_k against the one before, the first against the vertical. `costs` of |z - what is usual|. */
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

/** A network that diverges is too far away before its own numbers are too large. */
function finite(what: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw new RunError('plant', `its ${what} became ${value}`, { kind: 'diverged' });
}

/** The butterfly that is to be drawn, [timesteps] places; turned by quarters of a turn. */
export function butterfly(timesteps: number, quarters = 0): readonly Point[] {
  const cos = (a: number) => sin(a + Math.PI / 2);
  return Array.from({ length: timesteps }, (_, t): Point => {
    const a = (2 * Math.PI * t) / (timesteps - 1);
    const rho = 9 - sin(a) + 2 * sin(3 * a) + 2 * sin(5 * a) - sin(7 * a) + 3 * cos(2 * a) - 2 * cos(4 * a);
    const turned = a + (quarters * Math.PI) / 2;
    return [(rho * cos(turned)) / 14.4734, (rho * sin(turned)) / 14.4734];
  });
}
