export { loadScenario, type LoadedScenario } from './load-scenario.ts';
