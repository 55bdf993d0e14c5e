/** What users get of this room; `index.ts` is the door for the rooms above. */
export {
  fromNir,
  readNir,
  toNir,
  writeNir,
  type FromNirOptions,
  type NirCircuit,
  type NirExport,
  type NirGraph,
  type NirNode,
  type NirValue,
  type ToNirOptions,
} from './index.ts';
