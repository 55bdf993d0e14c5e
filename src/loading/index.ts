export { loadScenario, type LoadedScenario } from './load-scenario.ts';
export { loadShipped, shippedIn } from './load-shipped.ts';
