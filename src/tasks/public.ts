/** What users get of this room; `index.ts` is the door for the rooms above. */
export {
  actionSequence,
  fromCsv,
  intervalMatching,
  periodic,
  type ActionSequenceOptions,
  type Answer,
  type CsvColumns,
  type CsvFiles,
  type IntervalMatchingOptions,
  type Played,
  type Score,
  type Task,
  type Test,
  type Trial,
} from './index.ts';
