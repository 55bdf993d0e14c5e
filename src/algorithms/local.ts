import { ActorEngine } from '../actors/index.ts';
import { algorithmMaker } from '../solvers/index.ts';

/** The circuit's own rules, run by actors; the name of a rule as a learner means this, too. */
export const local = algorithmMaker({
  name: 'local',
  title: "the circuit's own rules",
  about: "by the circuit's own rules, actors",
  rules: true,
  feedback: 'random',
  kernel: 'rules',
  open: (circuit, options) => new ActorEngine(circuit, options),
});
