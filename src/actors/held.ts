import {
  cellsIn,
  cellsOf,
  cellsOfFields,
  heldAt,
  waysOf,
  type Cells,
  type CellsOf,
  type Held,
  type Playing,
  type Row,
} from '../circuit/index.ts';
import type { ActorNetwork, FeedbackActors, GroupActors } from './network.ts';

/** Where the actors have what their catalogue lists, and what the task is about to play to them. */
export function cellsOfActors(network: ActorNetwork, playing: Playing): CellsOf {
  return ({ row, place }, ago) => {
    // Of timesteps before, and of what axons bring, they have what is on its way.
    if (row) return ago > 0 || row.kind === 'brought' ? undefined : cellsOfNeurons(network, row);
    switch (place?.kind) {
      case 'weight':
        return cellsOfFields(network.groupOf(place.group.name).synapses, 'w');
      case 'asked':
        return cellsOfFields(network.groupOf(place.group.name).synapses, 'asked');
      case 'state': {
        const { synapses } = network.groupOf(place.group.name);
        const { variable } = place;
        return cellsOf(
          synapses.length,
          (k) => synapses[k].get(variable),
          (k, value) => {
            synapses[k].set(variable, value);
          },
        );
      }
      case 'feedback': {
        const of = network.feedback.find(({ feedback }) => feedback === place.feedback);
        return of && cellsOfFields(of.receptors, 'w');
      }
      case 'input':
      case 'target': {
        const { kind } = place;
        return cellsIn(() => playing.trial[kind]);
      }
      case 'last': {
        const { sweeps } = playing;
        return cellsOf(
          1,
          () => (sweeps.isLast ? 1 : 0),
          (_, value) => {
            sweeps.isLast = value > 0;
          },
        );
      }
      default:
        return undefined;
    }
  };
}

function cellsOfNeurons(network: ActorNetwork, row: Row): Cells {
  const { get, set } = network.row(row);
  return cellsOf(row.population.size, get, set);
}

/** What is on its way between actors, or has arrived: copies of what was sent. */
export function heldOnTheWay(network: ActorNetwork): readonly Held[] {
  const back = network.tracts.filter(({ row, target, late }) => !target && late > 0 && row.kind !== 'brought');
  return [
    ...back.map(({ row, lines }) =>
      heldAt(
        { kind: 'row', row, ago: 0 },
        cellsIn(() => lines),
      ),
    ),
    ...network.groups.flatMap((actors) => heldByAxons(network, actors)),
    ...network.feedback.flatMap(heldByErrorAxons),
  ];
}

function heldByAxons({ tracts }: ActorNetwork, { group, term, bundle }: GroupActors): readonly Held[] {
  const own = tracts.filter(({ target }) => target === group);
  const others = own.filter((one) => !bundle.tracts.includes(one) && one.row.name !== group.carries);
  return [
    ...waysOf(term).map(({ longer }, way) =>
      heldAt({ kind: 'axon', group, longer }, cellsOfFields(bundle.tracts[way].branches, 'rate')),
    ),
    ...others.map(({ branches, row, late }) =>
      heldAt({ kind: 'axon', group, message: row.name, longer: late - group.delay }, cellsOfFields(branches, 'rate')),
    ),
    ...own.map(({ lines, late }) =>
      heldAt(
        { kind: 'line', group, late },
        cellsIn(() => lines),
      ),
    ),
  ];
}

/** What of errors is on its way, or has arrived at the synapses that relearn the feedback. */
function heldByErrorAxons({ feedback, bundle }: FeedbackActors): readonly Held[] {
  if (!feedback.broadcast && !feedback.synapses) return [];
  const [{ lines, late, branches }] = bundle.tracts;
  const { size } = feedback.from;
  const place = (k: number) => (k % size) * late + Math.floor(k / size);
  return [
    heldAt({ kind: 'arriving', feedback }, cellsOfFields(branches, 'rate')),
    heldAt({ kind: 'error line', feedback }, cellsIn(() => lines, () => lines.length, place)), // prettier-ignore
  ];
}
