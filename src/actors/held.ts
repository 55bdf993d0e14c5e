import {
  cellsByKind,
  cellsIn,
  cellsOf,
  cellsOfFields,
  cellsPlaced,
  heldAt,
  waysOf,
  type BuiltGroup,
  type CellsOf,
  type Held,
  type Playing,
} from '../circuit/index.ts';
import type { ActorNetwork, FeedbackActors, GroupActors } from './network.ts';

/** Where the actors hold what their catalogue lists, and the input and target that the task is about to present. */
export function cellsOfActors(network: ActorNetwork, playing: Playing): CellsOf {
  const { sweeps } = playing;
  const synapsesOf = ({ name }: BuiltGroup) => network.groupOf(name).synapses;
  return cellsByKind({
    row: (row, ago) => {
      // Of earlier timesteps, and of what axons bring, they hold only what is on its way.
      if (ago > 0 || row.kind === 'brought') return undefined;
      const { get, set } = network.row(row);
      return cellsOf(row.population.size, get, set);
    },
    weight: (group) => cellsOfFields(synapsesOf(group), 'w'),
    asked: (group) => cellsOfFields(synapsesOf(group), 'asked'),
    state: (group, variable) => {
      const synapses = synapsesOf(group);
      const set = (k: number, value: number) => {
        synapses[k].set(variable, value);
      };
      return cellsOf(synapses.length, (k) => synapses[k].get(variable), set);
    },
    feedback: (feedback) => {
      const of = network.feedback.find((one) => one.feedback === feedback);
      return of && cellsOfFields(of.receptors, 'w');
    },
    signal: (kind) => cellsIn(() => playing.trial[kind]),
    last: cellsOf(
      1,
      () => (sweeps.isLast ? 1 : 0),
      (_, value) => {
        sweeps.isLast = value > 0;
      },
    ),
  });
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

/** Errors that are on their way, or have arrived at the synapses that relearn the feedback. */
function heldByErrorAxons({ feedback, bundle }: FeedbackActors): readonly Held[] {
  if (!feedback.broadcast && !feedback.synapses) return [];
  const [{ lines, late, branches }] = bundle.tracts;
  const { size } = feedback.from;
  const place = Int32Array.from(lines, (_, k) => (k % size) * late + Math.floor(k / size));
  return [
    heldAt({ kind: 'arriving', feedback }, cellsOfFields(branches, 'rate')),
    heldAt(
      { kind: 'error line', feedback },
      cellsPlaced(() => lines, place),
    ),
  ];
}
